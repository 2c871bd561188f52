import { DAY, HOUR, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import { type AlertThresholds, MINIMUM_TENANT_DAY_USD } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { TENANT_DAY, TENANT_MEAN_DAY } from '../recording/cost.ts';

const STEP = STEP_SECONDS.days;
const STEPS_A_DAY = DAY / STEP;
const steps = (days: number) => Math.round(days * STEPS_A_DAY);

/** The jump comes at step 518, and at step 548 the last day holds 58 recorded hours: 29 high ones and one half high. */
const JUMP_STEP = 518;
const HIGH_SHARE = 29.5 / 58;

export function unexpectedTenantCostCases({
  tenant_cost_factor: factor,
}: AlertThresholds): readonly RuleCase[] {
  const firing = (tenant: string, day: number, mean: number) => ({
    labels: { job: TARGET.job, tenant_id: tenant },
    summary: `Tenant ${tenant} spends far more than usual`,
    description: `$${day.toFixed(2)} in the last 24 hours, against a limit of $${(factor * mean).toFixed(2)} (${factor} times its mean day of the 7 days before).`,
  });
  const usual = 0.4;
  const high = usual * 10 * factor;
  const usualDay = usual * STEPS_A_DAY;
  const jumpedDay = ((1 - HIGH_SHARE) * usual + HIGH_SHARE * high) * STEPS_A_DAY;
  return [
    {
      kind: 'fires',
      name: 'hours into a day that is many times the usual one, across instances, and for that tenant only',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { instance: 'a:10464' })]: counter(
          { steps: JUMP_STEP, perStep: usual / 2 },
          { steps: 30, perStep: high / 2 },
        ),
        [scraped('llm_cost_total', { instance: 'b:10464' })]: counter(
          { steps: JUMP_STEP, perStep: usual / 2 },
          { steps: 30, perStep: high / 2 },
        ),
        [scraped('llm_cost_total', { tenant_id: 'globex' })]: counter({ steps: 548, perStep: usual }),
      },
      expect: [
        { atSeconds: (JUMP_STEP + 7) * STEP, firing: [] },
        { atSeconds: (JUMP_STEP + 30) * STEP, firing: [firing('acme', jumpedDay, usualDay)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a new exporter, a tenant of two days, cents, a counter that starts again, and busy weekdays',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { job: 'new' })]: counter(
          { steps: steps(0.5), perStep: 0.05 },
          { steps: steps(0.5), perStep: 50 },
        ),
        [scraped('llm_cost_total', {
          tenant_id: 'two-days',
        })]: `${missing(steps(8))} ${counter({ steps: steps(1), perStep: 0.05 }, { steps: steps(1), perStep: 50 })}`,
        [scraped('llm_cost_total', { tenant_id: 'cents' })]: counter(
          { steps: steps(9), perStep: 0.0001 },
          { steps: steps(1), perStep: (MINIMUM_TENANT_DAY_USD * 0.9) / STEPS_A_DAY },
        ),
        [scraped('llm_cost_total', {
          tenant_id: 'restarted',
        })]: `${counter({ steps: steps(9), perStep: usual })} ${counter({ steps: steps(1), perStep: usual })}`,
        [scraped('llm_cost_total', { tenant_id: 'weekdays' })]: counter(
          { steps: steps(5), perStep: usual },
          { steps: steps(2), perStep: 0 },
          { steps: steps(3), perStep: usual },
        ),
      },
      expect: [0.9, 1, 8.2, 9.2, 9.5, 9.9].map((days) => ({ atSeconds: Math.round(days * DAY), firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the factor, and exactly the least sum, are expected',
      input: 'recorded',
      series: {
        [recorded(TENANT_DAY.record, { tenant_id: 'exact' })]: flat(factor * 100, 200),
        [recorded(TENANT_MEAN_DAY.record, { tenant_id: 'exact' })]: flat(100, 200),
        [recorded(TENANT_DAY.record, { tenant_id: 'least' })]: flat(MINIMUM_TENANT_DAY_USD, 200),
        [recorded(TENANT_MEAN_DAY.record, { tenant_id: 'least' })]: flat(0.01, 200),
        [recorded(TENANT_DAY.record, { tenant_id: 'above' })]: flat(factor * 100 + 0.01, 200),
        [recorded(TENANT_MEAN_DAY.record, { tenant_id: 'above' })]: flat(100, 200),
      },
      expect: [{ atSeconds: 3 * HOUR, firing: [firing('above', factor * 100 + 0.01, 100)] }],
    },
  ];
}
