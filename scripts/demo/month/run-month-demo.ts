import { join } from 'node:path';
import { buildAlertmanagerConfig } from '../../../alert-rules/index.ts';
import { openReplay, REPLAYED_FAMILIES } from '../../../exporter/app/replay.ts';
import { judge } from '../../../exporter/cli/backtest/judge.ts';
import { readRuleFiles } from '../../../exporter/cli/backtest/rule-files.ts';
import { planRules } from '../../../exporter/cli/backtest/rule-plan.ts';
import { runBacktest } from '../../../exporter/cli/backtest/run-backtest.ts';
import { durationText, minuteText } from '../../../exporter/cli/durations.ts';
import { configSchema } from '../../../exporter/config/schema.ts';
import { toolPath } from '../../tools.ts';
import type { Children } from '../children.ts';
import type { Progress } from '../progress.ts';
import { freePort, startAlertmanager } from '../stack.ts';
import { waitUntil } from '../wait-until.ts';
import { startWebhookReceiver } from '../webhook-receiver.ts';
import { budgetOf, spentInMonth } from './month-budget.ts';
import { LAUNCH, MONTH, STORY_END_MS } from './month-story.ts';
import { type Arrival, checkOrder, unresolved } from './order-check.ts';
import { playBack, SIMULATED_AT } from './play-back.ts';
import { writeMonth } from './write-month.ts';

export interface MonthDemo {
  /** Everything that is written goes below it. */
  readonly dir: string;
  readonly children: Children;
  readonly progress: Progress;
  /** That the month takes. */
  readonly seconds: number;
  readonly stop: AbortSignal;
}

const RULES = join(import.meta.dirname, '..', '..', '..', 'alert-rules', 'generated');
const RULE_FILES = ['llm-cost-recording.yml', 'llm-cost-alerts.yml'].map((name) => join(RULES, name));
/** The story is one budget's. */
const OF_BUDGETS = /Budget/;
/** Half as many points as there are minutes: windows of five minutes still have two. */
const STEP_MS = 120_000;
/** Alertmanager waits so much less; alerts that are a day apart are still told apart in a month of 15 seconds. */
const ALERT_TIME_FACTOR = 1 / 300;
const RESOLVED_DEADLINE_MS = 20_000;

/** A month of one budget in `seconds`; throws where what arrives is not in order. */
export async function runMonthDemo(demo: MonthDemo): Promise<void> {
  const { dir, children, progress, seconds, stop } = demo;
  const took = stopwatch();
  const say = (line: string) => progress.say(line);

  say(
    '1/4 writing the calls of September and October 2026 into a ledger, through the exporter, with a clock that goes along',
  );
  const config = configSchema.parse({ data_dir: join(dir, 'ledger'), samplers: { host: false, gpu: false } });
  const calls = await writeMonth(config, stop, (share) => progress.show(`    ${Math.round(100 * share)} %`));
  const spentUsd = await spentInMonth(config, stop);
  const budget = budgetOf(spentUsd);
  say(
    `    ${calls.toLocaleString('en')} calls in ${took()}. October cost $${spentUsd.toFixed(2)}; its budget was $${budget.octoberUsd}, November's is $${budget.novemberUsd}.`,
  );

  say('2/4 replaying it through a real Prometheus with the rules as they are: nothing is shortened');
  const backtestConfig = {
    ...config,
    budgets: budget.section,
    forecast: { ...config.forecast, interval_seconds: 3600 },
  };
  const rules = readRuleFiles(RULE_FILES);
  const alerts = rules.alerts.filter(({ alert }) => OF_BUDGETS.test(alert));
  const plan = planRules({ ...rules, alerts }, REPLAYED_FAMILIES);
  const monotonic = () => performance.now();
  const span = { fromMs: MONTH.startMs, toMs: STORY_END_MS };
  const replay = openReplay({
    config: backtestConfig,
    fromMs: MONTH.startMs - plan.reachMs,
    toMs: STORY_END_MS,
    stepMs: STEP_MS,
    monotonic,
  });
  const found = await runBacktest({
    plan,
    replay,
    ...span,
    stepMs: STEP_MS,
    prometheus: toolPath('prometheus'),
    promtool: toolPath('promtool'),
    monotonic,
    stop,
    onProgress: (text) => progress.show(`    ${text}`),
  });
  const [overrun] = judge(found).overruns;
  if (!overrun) throw new Error('the budget of the demo was not overrun: its story is wrong');
  const { firings, samples } = found;
  say(`    ${samples.toLocaleString('en')} samples, ${firings.length} firings in ${took()}`);

  say('3/4 starting Alertmanager, with the routing and the inhibitions as they are and a webhook at its end');
  const arrivals: Arrival[] = [];
  const webhook = await startWebhookReceiver((alert) => {
    const simulatedMs = Date.parse(alert.annotations[SIMULATED_AT] ?? '');
    arrivals.push({ ...alert, simulatedMs });
    say(arrivalLine(alert, simulatedMs));
  });
  try {
    const port = await freePort();
    const routing = buildAlertmanagerConfig({ webhookUrl: webhook.url, durationFactor: ALERT_TIME_FACTOR });
    await startAlertmanager(children, join(dir, 'alertmanager'), port, routing);
    say(
      `4/4 the month again, in ${seconds} s. What the webhook receives, with the day of October that it tells of:`,
    );
    await playBack({
      firings,
      remarks: remarks(overrun.overrunMs),
      ...span,
      seconds,
      alertmanager: `http://127.0.0.1:${port}`,
      stop,
      say,
      show: (nowMs) => progress.show(`${minuteText(nowMs)}`),
    });
    if (stop.aborted) return;
    await waitUntil(
      'the end of the alerts to arrive',
      () => checkOrder(arrivals, overrun.overrunMs).problems.length === 0 || undefined,
      RESOLVED_DEADLINE_MS,
    ).catch(() => undefined);
  } finally {
    await webhook.close();
    progress.end();
  }
  const { firsts, problems } = checkOrder(arrivals, overrun.overrunMs);
  say(`The budget was overrun on ${minuteText(overrun.overrunMs)}.`);
  for (const { what, arrival } of firsts) {
    if (!arrival) continue;
    const leadMs = overrun.overrunMs - arrival.simulatedMs;
    const lead = leadMs > 0 ? `${durationText(leadMs)} before` : `${durationText(-leadMs)} after`;
    say(
      `    ${what.padEnd(14)} ${minuteText(arrival.simulatedMs)}  ${lead.padEnd(14)} ${arrival.labels.alertname}`,
    );
  }
  const muted = [...new Set(unresolved(arrivals))];
  if (muted.length > 0)
    say(`    Ended while BudgetExceeded muted it, so nobody was told: ${muted.join(', ')}.`);
  if (problems.length > 0) throw new Error(`the order is wrong: ${problems.join('; ')}`);
  say('In order: forecast, burn rate, warning, overrun; resolved when the new month began.');
}

function arrivalLine(
  { status, labels, annotations }: Pick<Arrival, 'status' | 'labels' | 'annotations'>,
  simulatedMs: number,
): string {
  const when = status === 'firing' ? minuteText(simulatedMs) : ''.padEnd(16);
  const threshold = labels.threshold === undefined ? '' : ` (${labels.threshold} %)`;
  return `${when}  ${status.toUpperCase().padEnd(8)} ${(labels.severity ?? '').padEnd(8)} ${labels.alertname}${threshold}: ${annotations.summary ?? ''}`;
}

function remarks(overrunMs: number) {
  return [
    { atMs: MONTH.startMs, line: `${minuteText(MONTH.startMs)}  the month begins` },
    ...LAUNCH.map(({ fromMs, factor }) => ({
      atMs: fromMs,
      line: `${minuteText(fromMs)}  a new feature: ${factor} times the usual calls`,
    })),
    { atMs: overrunMs, line: `${minuteText(overrunMs)}  the budget is overrun` },
    { atMs: MONTH.endMs, line: `${minuteText(MONTH.endMs)}  a new month, and the budget that it needs` },
  ];
}

/** Answers the time since it was asked last. */
function stopwatch(): () => string {
  let sinceMs = performance.now();
  return () => {
    const ms = performance.now() - sinceMs;
    sinceMs = performance.now();
    return `${(ms / 1000).toFixed(1)} s`;
  };
}
