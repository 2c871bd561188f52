import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { waitUntil } from '../../scripts/demo/wait-until.ts';
import { toolPath } from '../../scripts/tools.ts';
import { EVALUATIONS } from '../cli/evaluations.ts';
import { frozenPorts } from '../support/ports.ts';
import { openApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

const TIMEOUT_MS = 180_000;
const MAIN = join(import.meta.dirname, '..', '..', 'exporter', 'main.ts');
let place: Workplace;

beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.clear());

/** Every call costs $1. On the second day two come an hour, on the others one. */
async function ledgerOfThreeDays(): Promise<string> {
  const directory = tempDir();
  const at = (day: number, hour: number, minute: number) =>
    new Date(Date.UTC(2026, 9, day, hour, minute)).toISOString();
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const times = [
    ...hours.map((hour) => at(1, hour, 20)),
    ...hours.flatMap((hour) => [at(2, hour, 20), at(2, hour, 40)]),
    ...hours.map((hour) => at(3, hour, 20)),
  ];
  const events = times.map((timestamp, index) => ({
    id: `call-${index}`,
    timestamp,
    provider: 'own',
    model: 'flat',
    tenant_id: 'acme',
    usage: { input_tokens: 100_000 },
  }));
  const settings = {
    pricing: { models: [{ provider: 'own', model: 'flat', usd_per_million: { input: 10 } }] },
  };
  const app = await openApp(directory, settings, frozenPorts(Date.UTC(2026, 9, 4)));
  const body = Buffer.from(JSON.stringify({ events }));
  await app.ingest('events', { body, contentType: 'application/json', provider: '', attributes: {} });
  await app.close();
  return directory;
}

const RULES = `
groups:
  - name: own
    interval: 2m
    rules:
      - { record: 'job:cost:increase1h', expr: 'sum by (job) (increase(llm_cost_total[1h]))' }
      - { record: 'job:cost:per_minute', expr: 'job:cost:increase1h / 60' }
      - { alert: Nearly, expr: 'llm_budget_used_ratio > 0.8', for: 10m, labels: { severity: warning } }
      - { alert: Over, expr: 'llm_budget_used_ratio > 1', for: 4m, labels: { severity: critical } }
      - { alert: Dear, expr: 'job:cost:per_minute * 60 > 1.5', keep_firing_for: 30m }
      - { alert: Above, expr: 'job:cost:increase1h > 1.5' }
      - { record: 'job:cost:above', expr: 'job:cost:increase1h > 1.5' }
      - { alert: Recorded, expr: 'job:cost:above' }
      - { alert: Down, expr: 'absent(llm_cost_exporter_build_info)' }
`;
const CONFIG = 'budgets: { definitions: [{ name: daily, limit: 30, period: day }] }\n';

/** In a temporary folder of the test's, where its absence can be seen. */
const startBacktest = (ledger: string, ...args: string[]) => {
  const [config, rules] = [join(place.dir, 'exporter.yaml'), join(place.dir, 'rules.yml')];
  writeFileSync(config, CONFIG);
  writeFileSync(rules, RULES);
  const tools = ['--prometheus', toolPath('prometheus'), '--promtool', toolPath('promtool')];
  const files = ['--config', config, '--rules', rules, '--data-dir', ledger];
  return place.children.start(
    'backtest',
    process.execPath,
    [MAIN, 'backtest', '--since', '2026-10-01', '--until', '2026-10-04', ...files, ...tools, ...args],
    { TMPDIR: place.dir },
  );
};

const expectNothingLeft = () => {
  expect(readdirSync(place.dir).sort()).toEqual(['exporter.yaml', 'rules.yml']);
  const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  expect(running.filter((line) => line.includes(place.dir))).toEqual([]);
};

test(
  'the rules say when they would have fired, how early, and what in vain',
  async () => {
    const backtest = startBacktest(await ledgerOfThreeDays(), '--json', '--step', '2m');
    const exit = await backtest.exited;
    const output = backtest.outputTail();
    expect(exit, output).toEqual({ code: 0, signal: null });
    const found = JSON.parse(output);
    const fired = (name: string) =>
      found.firings
        .filter(({ labels }: { labels: { alertname: string } }) => labels.alertname === name)
        .map((one: { fired_at: string; resolved_at: string }) => [one.fired_at, one.resolved_at]);
    // The 25th dollar of the day is spent at 12:20 and seen at 12:22, the 31st three hours later.
    expect(fired('Nearly')).toEqual([['2026-10-02T12:32:00.000Z', '2026-10-03T00:00:00.000Z']]);
    expect(fired('Over')).toEqual([['2026-10-02T15:26:00.000Z', '2026-10-03T00:00:00.000Z']]);
    // The first one is of the first day: increase() makes more of a counter that has just begun.
    const [dearFrom, dearTo] = fired('Dear').at(-1);
    expect(dearFrom > '2026-10-02T00:20' && dearFrom < '2026-10-02T00:45', dearFrom).toBe(true);
    expect(dearTo > '2026-10-03T00:40' && dearTo < '2026-10-03T01:30', dearTo).toBe(true);
    // What is recorded no more is gone at once, as it is in a Prometheus that evaluates rules.
    expect(fired('Recorded')).toEqual(fired('Above'));
    expect(found.budget_periods).toMatchObject([
      { start: '2026-10-01T00:00:00.000Z', spent: 24, limit: 30, overrun_at: null, over: true },
      { start: '2026-10-02T00:00:00.000Z', spent: 48, overrun_at: '2026-10-02T15:22:00.000Z', over: true },
      { start: '2026-10-03T00:00:00.000Z', spent: 24, overrun_at: null, over: true },
      { start: '2026-10-04T00:00:00.000Z', spent: 0, over: false },
    ]);
    expect(found.overruns).toMatchObject([
      {
        budget: 'daily',
        quiet: false,
        alerts: [
          { alert: 'Nearly', lead_seconds: (2 * 60 + 50) * 60 },
          { alert: 'Over', lead_seconds: -240 },
        ],
      },
    ]);
    expect(found.alerts).toContainEqual({
      alert: 'Nearly',
      firings: 1,
      in_overrun_periods: 1,
      in_vain: 0,
      in_open_periods: 0,
      ahead_of_overruns: 1,
    });
    expect(found.not_judged).toEqual([
      { alert: 'Down', because: 'it reads llm_cost_exporter_build_info, which the ledger does not tell' },
    ]);
    expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  'an interrupt ends what it has started and leaves nothing behind',
  async () => {
    const backtest = startBacktest(await ledgerOfThreeDays(), '--step', '1s');
    await waitUntil(
      'the replay to begin',
      () => readdirSync(place.dir).some((name) => name.startsWith('llm-cost-backtest-')) || undefined,
      60_000,
      backtest.outputTail,
    );
    backtest.signal('SIGINT');
    expect(await backtest.exited, backtest.outputTail()).toEqual({ code: 1, signal: null });
    expect(backtest.outputTail()).toBe('llm-cost-exporter: interrupted\n');
    expectNothingLeft();
  },
  TIMEOUT_MS,
);

test.each([
  ['--prometheus', 'nowhere/prometheus: not found; say where it is with --prometheus'],
  ['--promtool', 'nowhere/promtool: not found; say where it is with --promtool'],
])(
  'a program that is missing is named: %s',
  async (flag, message) => {
    const program = `nowhere/${flag.slice(2)}`;
    const backtest = startBacktest(await ledgerOfThreeDays(), flag, program, '--step', '2m');
    expect(await backtest.exited).toEqual({ code: 1, signal: null });
    expect(backtest.outputTail()).toBe(`llm-cost-exporter: ${message}\n`);
    expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  'a real Prometheus makes the same of results as our state machine',
  () => {
    const rules = EVALUATIONS.map(({ hold, keep }, index) => ({
      alert: `Case${index}`,
      expr: `result{case="${index}"} == 1`,
      ...(hold > 0 && { for: `${hold}m` }),
      ...(keep > 0 && { keep_firing_for: `${keep}m` }),
    }));
    writeFileSync(
      join(place.dir, 'rules.yml'),
      stringify({ groups: [{ name: 'cases', interval: '1m', rules }] }),
    );
    const tests = EVALUATIONS.map(({ results, spans }, index) => ({
      interval: '1m',
      input_series: [
        {
          series: `result{case="${index}"}`,
          values: [...results].map((result) => (result === 'x' ? '1' : '0')).join(' '),
        },
      ],
      alert_rule_test: [...results].map((_, at) => ({
        eval_time: `${at}m`,
        alertname: `Case${index}`,
        exp_alerts: spans.some((span) => isFiring(span, at)) ? [{ exp_labels: { case: String(index) } }] : [],
      })),
    }));
    const file = join(place.dir, 'test.yml');
    writeFileSync(file, stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
    const said = execFileSync(toolPath('promtool'), ['test', 'rules', file], { encoding: 'utf8' });
    expect(said).toContain('SUCCESS');
  },
  TIMEOUT_MS,
);

function isFiring(span: string, at: number): boolean {
  const [, fired, resolved] = span.split('-');
  return at >= Number(fired) && (resolved === 'open' || at < Number(resolved));
}
