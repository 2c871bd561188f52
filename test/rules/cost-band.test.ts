import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { STEP_SECONDS } from '../../alert-rules/lib/rule-case.ts';
import { scraped } from '../../alert-rules/lib/series.ts';
import { counter, missing } from '../../alert-rules/lib/values.ts';
import { toolPath } from '../../scripts/tools.ts';
import { tempDir } from '../support/temp-dir.ts';
import { GENERATED_DIR } from './default-thresholds.ts';

const STEP = STEP_SECONDS.days;
const steps = (hours: number) => Math.round((hours * 3600) / STEP);
/** $8 an hour, a step of 25 minutes after the other. */
const spends = (hours: number, times = 1) => ({ steps: steps(hours), perStep: (times * 8 * STEP) / 3600 });
const WEEK_AGO = 7 * 24;

const RECORDING = parse(readFileSync(join(GENERATED_DIR, 'llm-cost-recording.yml'), 'utf8'));
/** Those that the bands are made of: eight days of all of them take long. */
const RULES = stringify({
  groups: RECORDING.groups.map((group: { rules: { record: string }[] }) => ({
    ...group,
    rules: group.rules.filter(({ record }) => /^tenant:llm_cost:(increase1h|band_.+)$/.test(record)),
  })),
});

const cost = (tenant_id: string, values: string) => ({
  [scraped('llm_cost_total', { tenant_id })]: values,
});

/** What the bands of a tenant are after eight days, by promtool; throws with its message where they are others. */
function expectBands(expected: readonly (readonly [expr: string, value: number | undefined])[]): void {
  const folder = tempDir();
  const file = join(folder, 'bands.test.yml');
  writeFileSync(join(folder, 'rules.yml'), RULES);
  const labels = (expr: string) => /\{[^}]+\}/.exec(expr)![0].slice(1, -1);
  writeFileSync(
    file,
    stringify({
      rule_files: ['rules.yml'],
      evaluation_interval: `${STEP}s`,
      tests: [
        {
          interval: `${STEP}s`,
          input_series: Object.entries({
            ...cost('steady', counter(spends(194))),
            ...cost('spiky', counter(spends(178), spends(3, 20), spends(13))),
            ...cost('last-week', counter(spends(194 - WEEK_AGO - 3), spends(6, 4), spends(WEEK_AGO - 3))),
            ...cost('yesterday', counter(spends(194 - 24 - 3), spends(6, 4), spends(24 - 3))),
            ...cost('new', `${missing(steps(175))} ${counter(spends(19))}`),
            ...cost('idle', counter({ steps: steps(194), perStep: 0 })),
          }).map(([series, values]) => ({ series, values })),
          promql_expr_test: expected.map(([expr, value]) => ({
            expr: `round(${expr}, 0.01)`,
            eval_time: `${steps(192) * STEP}s`,
            exp_samples:
              value === undefined ? [] : [{ labels: `{job="llm-cost-exporter",${labels(expr)}}`, value }],
          })),
        },
      ],
    }),
  );
  execFileSync(toolPath('promtool'), ['test', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
}

const band = (bound: string, kind: string, tenant: string) =>
  `tenant:llm_cost:band_${bound}_${kind}{tenant_id="${tenant}"}`;

test('the bands of recorded costs are where they should be', { timeout: 120_000 }, () => {
  const kinds = ['adaptive', 'robust'];
  expectBands([
    ...kinds.flatMap((kind) => [
      [band('mid', kind, 'steady'), 8] as const,
      [band('upper', kind, 'steady'), 12] as const,
      [band('lower', kind, 'steady'), 4] as const,
      [band('mid', kind, 'idle'), 0] as const,
      [band('upper', kind, 'idle'), 0] as const,
      [band('mid', kind, 'new'), undefined] as const,
      [band('upper', kind, 'new'), undefined] as const,
      [band('lower', kind, 'new'), undefined] as const,
      [band('mid', kind, 'last-week'), 8] as const,
    ]),
    // A spike of three hours yesterday morning moves the robust one by nothing, and the lower end is never below 0.
    [band('mid', 'robust', 'spiky'), 8],
    [band('upper', 'robust', 'spiky'), 12],
    [band('lower', 'adaptive', 'spiky'), 0],
    [band('upper', 'robust', 'yesterday'), 48],
    [band('upper', 'robust', 'last-week'), 48],
  ]);
  expect(() => expectBands([[band('mid', 'robust', 'steady'), 9]])).toThrow(/FAILED/);
});
