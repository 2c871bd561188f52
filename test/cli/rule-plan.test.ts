import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { metricNames } from '../../exporter/cli/backtest/metric-names.ts';
import { readRuleFiles } from '../../exporter/cli/backtest/rule-files.ts';
import { planRules } from '../../exporter/cli/backtest/rule-plan.ts';
import { durationMs, durationText } from '../../exporter/cli/durations.ts';
import { tempDir } from '../support/temp-dir.ts';

const REPLAYED = new Set(['llm_cost_total', 'llm_requests_total', 'llm_request_duration_seconds']);
const HOUR_MS = 3_600_000;

function rulesOf(yaml: string) {
  const path = join(tempDir(), 'rules.yml');
  writeFileSync(path, yaml);
  return readRuleFiles([path]);
}

const group = (...rules: string[]) =>
  rulesOf(
    `groups:\n  - name: g\n    interval: 2m\n    rules:\n${rules.map((rule) => `      - ${rule}\n`).join('')}`,
  );

describe('the metrics of an expression', () => {
  test.each<[string, string[]]>([
    ['sum by (job, budget) (increase(llm_cost_total{tenant_id!="x{y"}[1h])) > 1', ['llm_cost_total']],
    ['a:b and on (job) c unless ignoring (x) group_left (d) e offset 1d', ['a:b', 'c', 'e']],
    ['max_over_time(sum(a)[1d:5m] offset 2h) / 1e3 or vector(Inf) # not_this', ['a']],
    ["label_replace(up, 'of', 'not_this', 'job', '.*')", ['up']],
    ['count(a) by (job) > bool 2 @ end()', ['a']],
    ['time() - 0x1f', []],
  ])('%s', (expression, names) => {
    expect([...metricNames(expression)]).toEqual(names);
  });

  test.each(['{__name__=~"llm_.*"}', 'sum({job="x"})', 'a{__name__="b"}'])(
    '%s is not to be seen through',
    (text) => {
      expect(() => metricNames(text)).toThrow('a selector without a metric name');
    },
  );
});

describe('the plan', () => {
  test('records what alerts read, in passes, and nothing else', () => {
    const plan = planRules(
      group(
        '{ record: "c:d", expr: "avg_over_time(a:b[1d]) + a:b offset 2h" }',
        '{ record: "a:b", expr: "sum(increase(llm_cost_total[1h]))" }',
        '{ record: "not:read", expr: "sum(llm_requests_total)" }',
        '{ alert: Dear, expr: "c:d > 1 or llm_request_duration_seconds_sum > 9", for: 5m, keep_firing_for: 90s }',
      ),
      REPLAYED,
    );
    expect(plan.levels.map((level) => level.map(({ record }) => record))).toEqual([['a:b'], ['c:d']]);
    expect(plan.families).toEqual(new Set(['llm_cost_total', 'llm_request_duration_seconds']));
    expect(plan.reachMs).toBe((24 + 2 + 1) * HOUR_MS);
    expect(plan.notJudged).toEqual([]);
    expect(plan.alerts).toMatchObject([
      { alert: 'Dear', holdMs: 300_000, keepFiringMs: 90_000, intervalMs: 120_000 },
    ]);
  });

  test('says which alerts the ledger cannot judge, and why', () => {
    const plan = planRules(
      group(
        '{ record: "g:u", expr: "avg(gpu_utilization_percent)" }',
        '{ record: "self:x", expr: "self:x + llm_cost_total" }',
        '{ alert: Idle, expr: "g:u < 5 and llm_cost_total > 1" }',
        '{ alert: Loop, expr: "self:x > 1" }',
        '{ alert: Watchdog, expr: "vector(1)" }',
        '{ alert: Blind, expr: "sum({job=~\\".+\\"}) > 1" }',
        '{ alert: Up, expr: "up == 0 and llm_cost_total > 0" }',
      ),
      REPLAYED,
    );
    expect(plan.notJudged).toEqual([
      { alert: 'Idle', because: 'it reads gpu_utilization_percent, which the ledger does not tell' },
      { alert: 'Loop', because: 'self:x is recorded from itself' },
      { alert: 'Watchdog', because: 'it reads nothing that the ledger tells' },
      { alert: 'Blind', because: 'a selector without a metric name: sum({job=~".+"}) > 1' },
    ]);
    expect(plan.alerts.map(({ alert }) => alert)).toEqual(['Up']);
  });

  test('labels of the group are those of its rules, unless a rule has its own', () => {
    const { alerts } = rulesOf(`groups:
  - name: g
    labels: { team: ops, severity: info }
    rules: [{ alert: A, expr: up == 0, labels: { severity: critical } }]`);
    expect(alerts).toMatchObject([{ labels: { team: 'ops', severity: 'critical' }, intervalMs: 60_000 }]);
  });
});

test.each<[what: string, yaml: string, message: RegExp]>([
  ['no YAML', 'groups: [', /cannot be read: /],
  [
    'a wait that is none',
    'groups: [{ name: g, rules: [{ alert: A, expr: up, for: soon }] }]',
    /groups\.0\.rules\.0/,
  ],
  ['no groups', 'rules: []', /groups: /],
  ['no alert', 'groups: [{ name: g, rules: [{ record: a, expr: up }] }]', /no alert in it/],
])('a rule file with %s is refused', (_what, yaml, message) => {
  expect(() => rulesOf(yaml)).toThrow(message);
});

test.each<[string, number | undefined, string?]>([
  ['90s', 90_000, '1m 30s'],
  ['1h30m', 5_400_000, '1h 30m'],
  ['250ms', 250, '0s'],
  ['1w2d', 777_600_000, '9d'],
  ['0', 0, '0s'],
  ['5', undefined],
  ['1m1h', undefined],
  ['', undefined],
])('%s is a duration of %s ms', (text, ms, shown) => {
  expect(durationMs(text)).toBe(ms);
  if (ms !== undefined) expect(durationText(ms)).toBe(shown);
});
