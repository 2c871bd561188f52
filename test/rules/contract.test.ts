import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertGroup } from '../../alert-rules/alerts/index.ts';
import { alertCases } from '../../alert-rules/cases/index.ts';
import { buildRules, RECORDED } from '../../alert-rules/index.ts';
import { readPromql } from '../../alert-rules/lib/promql-names.ts';
import { unknownNames } from '../../alert-rules/lib/unknown-names.ts';
import { RECORDING_GROUP } from '../../alert-rules/recording/index.ts';
import { DEFAULT_THRESHOLDS, RULES_DIR } from './default-thresholds.ts';

interface EmittedAlert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const emitted = parse(buildRules(DEFAULT_THRESHOLDS).alerts).groups[0].rules as readonly EmittedAlert[];
const names = emitted.map(({ alert }) => alert);
const dashboards = join(RULES_DIR, '../grafana-dashboards/generated');
const dashboardUids = readdirSync(dashboards).map(
  (file) => JSON.parse(readFileSync(join(dashboards, file), 'utf8')).uid,
);
const runbooks = join(RULES_DIR, 'runbooks');

function firstQueryOf(alert: string): string {
  const text = readFileSync(join(runbooks, `${alert}.md`), 'utf8');
  return /```promql\n([\s\S]+?)```/.exec(text)?.[1] ?? '';
}

test('the alerts are these', () => {
  expect(names).toEqual([
    'BudgetExceeded',
    'BudgetWarning',
    'BudgetThresholdReached',
    'BudgetBurnRateCritical',
    'BudgetBurnRateWarning',
    'BudgetExhaustsBeforePeriodEnd',
    'ForecastOverBudget',
    'BudgetSubjectsOverLimit',
    'BudgetBlocking',
    'CostAnomaly',
    'CostAboveUsual',
    'CostSpike',
    'UnexpectedTenantCost',
    'HighCostPerRequest',
    'ErrorSpend',
    'CacheHitDrop',
    'LowGPUEfficiency',
    'GpuIdleDollars',
    'UnpricedUsage',
    'PriceTableStale',
    'ReconciliationDrift',
    'UsageMissing',
    'TelemetryNotCounted',
    'LLMCostExporterDown',
    'IngestRejecting',
    'LedgerFailing',
    'SeriesOverflow',
    'SamplerDown',
    'ProviderBillUnreadable',
    'Watchdog',
  ]);
});

describe.each(emitted)('$alert', ({ alert, expr, labels, annotations }) => {
  test('has a severity, words and links', () => {
    expect(['critical', 'warning', 'info', 'none']).toContain(labels.severity);
    expect(annotations).toEqual({
      summary: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\S/),
      runbook_url: `${DEFAULT_THRESHOLDS.runbook_base_url}/${alert}.md`,
      dashboard_url: expect.stringMatching(/^http/),
    });
  });

  test('links to a dashboard that is generated', () => {
    const uid = annotations.dashboard_url?.slice(`${DEFAULT_THRESHOLDS.dashboard_base_url}/`.length);
    expect(dashboardUids).toContain(uid);
  });

  test('keeps numbers out of its summary, which would make one problem look like many', () => {
    expect(annotations.summary).not.toContain('$value');
    expect(annotations.summary).not.toContain('query');
  });

  test('asks for published or recorded metrics and labels only, in its annotations too', () => {
    expect(unknownNames(expr, RECORDED)).toEqual([]);
    const queries = Object.values(annotations).flatMap((text) => [...text.matchAll(/printf `([^`]+)`/g)]);
    for (const [, query] of queries)
      expect(unknownNames(query!.replaceAll('%q', '""'), RECORDED)).toEqual([]);
  });

  test('has a runbook with a query that can be run', () => {
    const text = readFileSync(join(runbooks, `${alert}.md`), 'utf8');
    expect(text).toMatch(new RegExp(`^# ${alert}\n`));
    for (const part of ['**Meaning.**', '**First query**', '**What to do**', '**Provoke it.**'])
      expect(text).toContain(part);
    const query = firstQueryOf(alert);
    expect(query).not.toBe('');
    expect(unknownNames(query, RECORDED)).toEqual([]);
  });
});

test('every runbook has an alert', () => {
  expect(readdirSync(runbooks).sort()).toEqual(names.map((name) => `${name}.md`).sort());
});

test('every file with a symptom has a file with its cases, and the reverse', () => {
  expect(readdirSync(join(RULES_DIR, 'cases')).sort()).toEqual(readdirSync(join(RULES_DIR, 'alerts')).sort());
});

const tested = alertCases(DEFAULT_THRESHOLDS);
/** It has no condition, so nothing can keep it quiet. */
const conditional = tested.filter(({ alert }) => alert.alert !== 'Watchdog');

test.each(tested)('$alert.alert has a case that fires', ({ cases }) => {
  const fires = cases.filter(({ kind }) => kind === 'fires');
  expect(fires.length).toBeGreaterThan(0);
  for (const one of fires) expect(one.expect.some(({ firing }) => firing.length > 0)).toBe(true);
});

test.each(conditional)('$alert.alert has a case that stays quiet', ({ cases }) => {
  const quiet = cases.filter(({ kind }) => kind === 'quiet');
  expect(quiet.length).toBeGreaterThan(0);
  expect(quiet.flatMap((one) => one.expect.flatMap(({ firing }) => firing))).toEqual([]);
});

test.each(conditional)('$alert.alert has a boundary between silent and firing', ({ cases }) => {
  const boundary = cases.filter(({ kind }) => kind === 'boundary');
  expect(boundary.length).toBeGreaterThan(0);
  for (const one of boundary) expect(one.expect.some(({ firing }) => firing.length > 0)).toBe(true);
});

test.each(tested)(
  'cases of $alert.alert scrape targets: every series has a job and an instance',
  ({ cases }) => {
    const scraped = cases
      .flatMap((one) => Object.keys(one.series))
      .filter((series) => !RECORDED.has(series.slice(0, series.indexOf('{'))));
    for (const series of scraped) {
      expect(series).toMatch(/\bjob="[^"]+"/);
      expect(series).toMatch(/\binstance="[^"]+"/);
    }
  },
);

describe('recording rules', () => {
  test.each(RECORDING_GROUP.rules)(
    '$record asks for published or recorded names only',
    ({ record, expr }) => {
      expect(record).toMatch(/^(job|tenant|tenant_model|budget|gpu):[a-z_]+:[a-z_0-9]+$/);
      expect(unknownNames(expr, RECORDED)).toEqual([]);
    },
  );

  test.each(RECORDING_GROUP.rules)('$record carries the labels that it says', ({ expr, labels }) => {
    const { selectors, groupingLabels } = readPromql(expr);
    const inherited = selectors.flatMap(({ metric }) => RECORDED.get(metric) ?? []);
    expect(new Set([...groupingLabels, ...inherited.filter((label) => labels.includes(label))])).toEqual(
      new Set(labels),
    );
  });

  test('every one of them is read by an alert or by another rule, or is for people, whom a runbook tells', () => {
    const exprs = [...emitted, ...RECORDING_GROUP.rules].map(({ expr }) => expr);
    const read = exprs.flatMap((expr) => readPromql(expr).selectors.map(({ metric }) => metric));
    const told = names.map((name) => readFileSync(join(runbooks, `${name}.md`), 'utf8')).join('\n');
    for (const name of RECORDED.keys())
      expect(read.includes(name) || told.includes(`\`${name}\``), name).toBe(true);
  });
});

test('a misspelt metric or label is reported by name', () => {
  expect(unknownNames('sum by (tenant) (rate(llm_costs_total[5m]))', RECORDED)).toEqual([
    'metric llm_costs_total is neither published nor recorded: sum by (tenant) (rate(llm_costs_total[5m]))',
    'no metric here has the label tenant: sum by (tenant) (rate(llm_costs_total[5m]))',
  ]);
  expect(unknownNames('llm_budget_limit_usd{tenant_id="a"}', RECORDED)).toEqual([
    'llm_budget_limit_usd has no label tenant_id: llm_budget_limit_usd{tenant_id="a"}',
  ]);
});

test('thresholds reach the expressions: another configuration, other rules', () => {
  const numbers = {
    cost_spike_factor: 7.6543,
    cost_per_request_usd: 0.0123,
    gpu_utilization_percent: 12.345,
    gpu_monthly_cost_usd: 5432.1,
    tenant_cost_factor: 6.5432,
    forecast_ratio: 1.2345,
    reconciliation_drift_ratio: 0.0987,
    reconciliation_drift_usd: 4.3219,
    burn_rate_1h: 15.432,
    burn_rate_6h: 7.1234,
    burn_rate_1d: 3.4567,
    burn_rate_3d: 1.6789,
    exhaustion_lead_days: 2.3456,
    wasted_cost_ratio: 0.1357,
    wasted_cost_usd: 3.5791,
    cache_drop_ratio: 0.4682,
    cache_drop_tokens: 246813,
    idle_gpu_utilization_percent: 6.7891,
    idle_gpu_monthly_cost_usd: 135.79,
    price_table_days: 98.765,
  };
  /** One limit for several alerts, and for how many. */
  const shared = {
    budget_warning_ratio: 0.7654,
    budget_minimum_usd: 8.6421,
    budget_minimum_ratio: 0.0753,
    anomaly_minimum_usd: 9.7531,
  };
  const users = {
    budget_warning_ratio: 2,
    budget_minimum_usd: 3,
    budget_minimum_ratio: 2,
    anomaly_minimum_usd: 2,
  };
  const exprs = alertGroup({ ...DEFAULT_THRESHOLDS, ...numbers, ...shared }).rules.map(({ expr }) => expr);
  const count = (number: number) => exprs.filter((expr) => expr.includes(String(number))).length;
  for (const [name, number] of Object.entries(numbers)) expect(count(number), name).toBe(1);
  for (const [name, number] of Object.entries(shared))
    expect(count(number), name).toBe(users[name as keyof typeof users]);
  expect(Object.keys({ ...numbers, ...shared }).sort()).toEqual(
    Object.entries(DEFAULT_THRESHOLDS)
      .filter(([, value]) => typeof value === 'number')
      .map(([name]) => name)
      .sort(),
  );
});
