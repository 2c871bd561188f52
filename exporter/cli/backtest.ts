import { openReplay, REPLAYED_FAMILIES } from '../app/replay.ts';
import { SHARED_FLAGS, sharedConfig } from '../config/command-line.ts';
import { ConfigError } from '../domain/errors.ts';
import { backtestReport } from './backtest/backtest-report.ts';
import { type RuleSet, readRuleFiles } from './backtest/rule-files.ts';
import { planRules } from './backtest/rule-plan.ts';
import { runBacktest } from './backtest/run-backtest.ts';
import type { Command } from './command.ts';
import { durationMs } from './durations.ts';
import { readFlags, readSpan } from './flags.ts';
import { createProgress } from './progress.ts';

const USAGE = `llm-cost-exporter backtest: which alerts would have fired, replayed from the ledger through a real Prometheus

  --since <day|time>     2026-10-01 (UTC), or a time with its offset; what is before it is read for the windows of the rules
  --until <day|time>     exclusive; now
  --rules <file.yml>     Prometheus rules, alerting and recording; once for each file
  --alert <name>         only this one of them; once for each alert
  --step <duration>      between scrapes and between points of the replay (1m)
  --config <file.yaml>   budgets, forecasts and label sets in force     LLM_COST_EXPORTER_CONFIG
  --data-dir <dir>       where the ledger is (./data); only read        LLM_COST_EXPORTER_DATA_DIR
  --prometheus <path>    program (prometheus on PATH)
  --promtool <path>      program (promtool on PATH)
  --json                 for machines
  --help

Exit codes: 0 done, 1 cannot run, 2 bad arguments, configuration or rules.
`;

/** A range of five minutes needs two points. */
const LONGEST_STEP_MS = 120_000;

export const backtest: Command = async (args, edge) => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const flags = readFlags('backtest', args, {
    ...SHARED_FLAGS,
    since: text,
    until: text,
    rules: { type: 'string', multiple: true },
    alert: { type: 'string', multiple: true },
    step: { type: 'string', default: '1m' },
    prometheus: { type: 'string', default: 'prometheus' },
    promtool: { type: 'string', default: 'promtool' },
    json: flag,
    help: flag,
  });
  if (flags.help) {
    edge.stdout.write(USAGE);
    return 0;
  }
  const { fromMs, toMs } = readSpan('backtest', flags, edge.nowMs);
  const stepMs = readStep(flags.step);
  if (!flags.rules)
    throw new ConfigError(['backtest: --rules is missing, expected a file of Prometheus rules']);
  const { config } = sharedConfig(flags, edge.environment);
  const plan = planRules(onlyAlerts(readRuleFiles(flags.rules), flags.alert), REPLAYED_FAMILIES);
  const { monotonic, stop } = edge;
  const first = Math.floor(fromMs / stepMs) * stepMs;
  // The end belongs to the next period: what it shows there tells that this one is over.
  const last = Math.floor(toMs / stepMs) * stepMs;
  const replay = openReplay({ config, fromMs: first - plan.reachMs, toMs: last, stepMs, monotonic });
  const progress = createProgress(edge.stderr);
  try {
    const found = await runBacktest({
      plan,
      replay,
      fromMs: Math.max(first, replay.fromMs),
      toMs: last,
      stepMs,
      prometheus: flags.prometheus,
      promtool: flags.promtool,
      monotonic,
      stop,
      onProgress: progress.show,
    });
    progress.end();
    const report = backtestReport(found, plan, { fromMs: Math.max(first, replay.fromMs), toMs: last });
    edge.stdout.write(flags.json ? `${JSON.stringify(report.json, undefined, 2)}\n` : report.text);
    return 0;
  } finally {
    progress.end();
  }
};

function onlyAlerts(rules: RuleSet, wanted: readonly string[] | undefined): RuleSet {
  if (!wanted) return rules;
  const unknown = wanted.filter((name) => rules.alerts.every(({ alert }) => alert !== name));
  if (unknown.length > 0) {
    const known = [...new Set(rules.alerts.map(({ alert }) => alert))].join(', ');
    throw new ConfigError(
      unknown.map((name) => `backtest: --alert is ${JSON.stringify(name)}, expected one of ${known}`),
    );
  }
  return { ...rules, alerts: rules.alerts.filter(({ alert }) => wanted.includes(alert)) };
}

function readStep(given: string): number {
  const stepMs = durationMs(given);
  if (stepMs !== undefined && stepMs >= 1000 && stepMs <= LONGEST_STEP_MS && 3_600_000 % stepMs === 0)
    return stepMs;
  throw new ConfigError([
    `backtest: --step is ${JSON.stringify(given)}, expected a part of an hour from 1s to 2m, such as 1m: windows of 5m need two points`,
  ]);
}
