import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { buildRules, generatedFiles } from '../../alert-rules/index.ts';
import { toolPath } from '../../scripts/tools.ts';
import { DEFAULT_THRESHOLDS, GENERATED_DIR } from './default-thresholds.ts';

const MINUTES_MS = 600_000;
const RULE_FILES = ['llm-cost-recording.yml', 'llm-cost-alerts.yml'];
const TEST_FILES = ['minutes.test.yml', 'days.test.yml', 'boundaries.test.yml'];

function promtool(cwd: string, ...args: string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) =>
    execFile(toolPath('promtool'), args, { cwd, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    ),
  );
}

const temporary: string[] = [];
function write(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  temporary.push(folder);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
afterEach(() => {
  for (const folder of temporary.splice(0)) rmSync(folder, { recursive: true });
});

describe.concurrent('the committed rules', () => {
  test('are accepted without a remark', { timeout: MINUTES_MS }, async () => {
    const { ok, output } = await promtool(
      GENERATED_DIR,
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      ...RULE_FILES,
    );
    expect(output).toContain('30 rules found');
    expect(ok, output).toBe(true);
  });

  test.each(TEST_FILES)('do what tests/%s expects', { timeout: MINUTES_MS }, async (name) => {
    const { ok, output } = await promtool(join(GENERATED_DIR, 'tests'), 'test', 'rules', name);
    expect(output).toContain('SUCCESS');
    expect(ok, output).toBe(true);
  });
});

describe('the unit tests notice', () => {
  const ALERTS = 'llm-cost-alerts.yml';
  const BOUNDARIES = 'tests/boundaries.test.yml';

  /** What promtool says when `from` became `to` in one file and only that alert's boundary case is run. */
  async function complaint(alert: string, path: string, from: string, to: string): Promise<string> {
    const files = new Map(generatedFiles(DEFAULT_THRESHOLDS));
    const boundaries = parse(files.get(BOUNDARIES)!);
    boundaries.tests = boundaries.tests.filter(({ name }: { name: string }) => name.startsWith(`${alert} (`));
    files.set(BOUNDARIES, stringify(boundaries));
    const text = files.get(path)!;
    expect(text).toContain(from);
    files.set(path, text.replace(from, to));
    const { ok, output } = await promtool(
      join(write(files), 'tests'),
      'test',
      'rules',
      'boundaries.test.yml',
    );
    expect(ok, output).toBe(false);
    return output;
  }

  test.each([
    ['>= in place of >', 'BudgetExceeded', ALERTS, 'used_ratio) > 1', 'used_ratio) >= 1'],
    ['a burn rate as exact', 'BudgetBurnRateCritical', ALERTS, 'increase5m > 14.4', 'increase5m >= 14.4'],
    ['a minimum as exact', 'BudgetBurnRateCritical', ALERTS, ':per_second > 1', ':per_second >= 1'],
    ['a share as exact', 'BudgetBurnRateCritical', ALERTS, ':seconds) > 0.01', ':seconds) >= 0.01'],
    ['a period too short', 'BudgetBurnRateWarning', ALERTS, ':seconds >= 18 *', ':seconds >= 17 *'],
    ['as fast as planned as too fast', 'BudgetBurnRateWarning', ALERTS, 'increase1d > 1', 'increase1d >= 1'],
    ['a forecast of the limit as over it', 'ForecastOverBudget', ALERTS, '0.5"}) > 1\n', '0.5"}) >= 1\n'],
    ['a lead without a third', 'BudgetExhaustsBeforePeriodEnd', ALERTS, ':seconds / 3,', ':seconds,'],
    ['> in place of >=', 'BudgetThresholdReached', ALERTS, '>= on (job', '> on (job'],
    ["another alert's threshold", 'BudgetThresholdReached', ALERTS, ' != 0.8', ''],
    ['the limit as a threshold', 'BudgetThresholdReached', ALERTS, ' != 1)', ')'],
    ['no threshold above the limit', 'BudgetThresholdReached', ALERTS, ' != 1)', ' < 1)'],
    ["the exporter's band unheeded", 'CostAboveUsual', ALERTS, 'window="1h",b', 'window="1d",b'],
    ['another threshold', 'BudgetWarning', ALERTS, 'used_ratio) > 0.8', 'used_ratio) > 0.85'],
    ['a misspelt metric', 'SamplerDown', ALERTS, 'exporter_sampler_up)', 'exporter_samplers_up)'],
    ['another wording', 'LedgerFailing', ALERTS, 'The ledger is closed', 'The ledger is open'],
    ['an alert expected too early', 'SamplerDown', BOUNDARIES, 'eval_time: 15m', 'eval_time: 14m'],
    ['an alert not expected', 'CostSpike', BOUNDARIES, 'alertname: CostSpike', 'alertname: Spike'],
  ])('%s', { timeout: MINUTES_MS }, async (_, alert, path, from, to) => {
    expect(await complaint(alert, path, from, to)).toContain(`${alert} (boundary)`);
  });
});

test('other thresholds give rules whose own unit tests pass', { timeout: MINUTES_MS }, async () => {
  const folder = write(
    generatedFiles({
      ...DEFAULT_THRESHOLDS,
      budget_warning_ratio: 0.9,
      cost_spike_factor: 1.7,
      cost_per_request_usd: 0.0375,
      gpu_utilization_percent: 42.5,
      gpu_monthly_cost_usd: 12.5,
      tenant_cost_factor: 2.25,
      forecast_ratio: 1.05,
      burn_rate_1h: 10,
      burn_rate_6h: 5,
      burn_rate_1d: 2.5,
      burn_rate_3d: 1.25,
      exhaustion_lead_days: 2.5,
      budget_minimum_usd: 0.5,
      budget_minimum_ratio: 0.0078125,
      anomaly_minimum_usd: 2.5,
      wasted_cost_ratio: 0.25,
      wasted_cost_usd: 2.5,
      cache_drop_ratio: 0.25,
      cache_drop_tokens: 5000,
      idle_gpu_utilization_percent: 12.5,
      idle_gpu_monthly_cost_usd: 250,
      price_table_days: 30,
      dashboard_base_url: 'https://grafana.example.com/d/',
    }),
  );
  const runs = TEST_FILES.map((name) => promtool(join(folder, 'tests'), 'test', 'rules', name));
  for (const { ok, output } of await Promise.all(runs)) expect(ok, output).toBe(true);
});

test('rules for a demonstration are valid and evaluated every second', { timeout: MINUTES_MS }, async () => {
  const { recording, alerts } = buildRules(DEFAULT_THRESHOLDS, { durationFactor: 1 / 60 });
  expect(alerts).toContain('interval: 1s');
  const folder = write(
    new Map([
      ['llm-cost-recording.yml', recording],
      ['llm-cost-alerts.yml', alerts],
    ]),
  );
  const { ok, output } = await promtool(folder, 'check', 'rules', ...RULE_FILES);
  expect(ok, output).toBe(true);
});
