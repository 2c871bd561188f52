import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Replay } from '../../app/replay.ts';
import { CodedError } from '../../domain/errors.ts';
import { writeNanoUsd, writeNumber } from '../../publish/value-text.ts';
import { durationText, minuteText } from '../durations.ts';
import { type AlertSpan, alertSpans } from './alert-spans.ts';
import { type BudgetPeriod, BudgetPeriods } from './budget-periods.ts';
import { Programs } from './programs.ts';
import { type PrometheusServer, startPrometheus } from './prometheus-server.ts';
import { alignedSpan, recordLevel } from './record.ts';
import type { AlertRule } from './rule-files.ts';
import type { RulePlan } from './rule-plan.ts';
import { FILE_MS, SampleFiles, timeEnding } from './sample-files.ts';
import { SamplePrefixes, TARGET } from './sample-prefixes.ts';

/** Alert results held in memory: 16 bytes each. */
const POINT_LIMIT = 20_000_000;

export interface BacktestOptions {
  readonly plan: RulePlan;
  /** From the warm-up on. */
  readonly replay: Replay;
  /** What the alerts are asked about; both are multiples of the step. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly prometheus: string;
  readonly promtool: string;
  readonly monotonic: () => number;
  readonly stop: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** One firing of one alert. */
export interface Firing extends AlertSpan {
  /** All of them, with `alertname` and those of the rule. */
  readonly labels: Readonly<Record<string, string>>;
  readonly rule: AlertRule;
}

export interface Backtest {
  /** In the order in which they fired. */
  readonly firings: readonly Firing[];
  /** In the order in which they began. */
  readonly periods: readonly BudgetPeriod[];
  readonly samples: number;
  /** Seconds that each part took. */
  readonly took: Readonly<Record<'replay' | 'rules' | 'alerts', number>>;
}

/** Replays the ledger into a Prometheus of its own and asks that what each alert would have done. */
export async function runBacktest(options: BacktestOptions): Promise<Backtest> {
  const { plan, replay, fromMs, toMs, stepMs, prometheus, promtool, stop, onProgress } = options;
  const directory = mkdtempSync(join(tmpdir(), 'llm-cost-backtest-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const programs = new Programs(stop);
  const blocks = join(directory, 'data');
  mkdirSync(blocks);
  const common = { directory, blocks, prometheus, promtool, programs, stepMs };
  const seconds = stopwatch(options.monotonic);
  try {
    const periods = new BudgetPeriods(fromMs);
    let samples = await writeReplay(
      options,
      new SampleFiles({ ...common, name: 'replay', fileMs: FILE_MS.manySeries }),
      periods,
    );
    const replayed = seconds();
    for (const [index, rules] of plan.levels.entries()) {
      const pass = `recording rules, pass ${index + 1} of ${plan.levels.length}`;
      onProgress(pass);
      samples += await recordLevel(rules, { startMs: replay.fromMs, endMs: toMs }, common, (record, atMs) =>
        onProgress(`${pass}: ${record}${Number.isNaN(atMs) ? '' : ` ${minuteText(atMs)}`}`),
      );
    }
    const recorded = seconds();
    const server = await startPrometheus({ program: prometheus, directory, stepMs, programs });
    const firings: Firing[] = [];
    for (const [index, rule] of plan.alerts.entries()) {
      onProgress(`alerts, ${index + 1} of ${plan.alerts.length}: ${rule.alert}`);
      firings.push(...(await firingsOf(rule, { startMs: fromMs, endMs: toMs }, server)));
    }
    await server.stop();
    firings.sort((a, b) => a.firedMs - b.firedMs || a.rule.alert.localeCompare(b.rule.alert));
    const took = { replay: replayed, rules: recorded, alerts: seconds() };
    return { firings, periods: periods.list(toMs), samples, took };
  } finally {
    await programs.close();
    remove();
    process.off('exit', remove);
  }
}

async function writeReplay(
  { plan, replay, toMs, monotonic, stop, onProgress }: BacktestOptions,
  files: SampleFiles,
  periods: BudgetPeriods,
): Promise<number> {
  const prefixes = new SamplePrefixes();
  const up = Buffer.from(`up{${TARGET}} `);
  const seconds = stopwatch(monotonic);
  let toldAt = 0;
  for await (const { atMs, blocks, budgets } of replay.moments(plan.families)) {
    stop.throwIfAborted();
    await files.at(atMs);
    const ending = timeEnding(atMs);
    files.add(up, (target, at) => writeNumber(target, at, 1), ending);
    for (const block of blocks) {
      const write = block.unit === 'nanoUsd' ? writeNanoUsd : writeNumber;
      for (let row = 0; row < block.length; row++) {
        const prefix = prefixes.of(block, row);
        if (prefix) files.add(prefix, (target, at) => write(target, at, block.valueAt(row)), ending);
      }
    }
    periods.see(atMs, budgets);
    if (seconds.so() - toldAt < 0.2) continue;
    toldAt = seconds.so();
    const share = (atMs - replay.fromMs) / (toMs - replay.fromMs);
    const left = share > 0.02 ? `, ${durationText(((1 - share) / share) * toldAt * 1000)} left` : '';
    onProgress(`replaying ${minuteText(atMs)} (${Math.floor(100 * share)} %${left})`);
  }
  await files.close();
  return files.samples;
}

async function firingsOf(
  rule: AlertRule,
  span: { readonly startMs: number; readonly endMs: number },
  server: PrometheusServer,
): Promise<Firing[]> {
  const grid = { ...alignedSpan(span, rule.intervalMs), stepMs: rule.intervalMs };
  const present = new Map<string, { readonly labels: Record<string, string>; readonly atMs: number[] }>();
  let points = 0;
  for await (const part of server.parts(rule.expression, grid)) {
    for (const { metric, values } of part) {
      const { __name__: _, ...result } = metric;
      // As Prometheus does it: the rule's own labels win.
      const labels = { ...result, ...rule.labels, alertname: rule.alert };
      const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      const one = present.get(key) ?? { labels, atMs: [] as number[] };
      present.set(key, one);
      for (const [seconds] of values) one.atMs.push(seconds * 1000);
      points += values.length;
    }
    if (points > POINT_LIMIT)
      throw new CodedError(
        'too_much',
        `${rule.alert} has more than ${POINT_LIMIT} results: choose a shorter time`,
      );
  }
  return [...present.values()].flatMap(({ labels, atMs }) =>
    alertSpans(atMs, grid, rule).map((firing) => ({ ...firing, labels, rule })),
  );
}

/** Answers the seconds since it was asked last, `so` those so far. */
function stopwatch(monotonic: () => number) {
  let sinceMs = monotonic();
  const so = () => (monotonic() - sinceMs) / 1000;
  return Object.assign(
    () => {
      const seconds = so();
      sinceMs = monotonic();
      return seconds;
    },
    { so },
  );
}
