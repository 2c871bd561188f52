import { DAY, HOUR, type RuleCase } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import { type AlertThresholds, MINIMUM_TENANT_DAY_USD } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { TENANT_DAY, TENANT_MEAN_DAY } from '../recording/cost.ts';

/** Of `days` input: 280 s. */
const STEPS_A_DAY = DAY / 280;
const steps = (days: number) => Math.round(days * STEPS_A_DAY);

export function unexpectedTenantCostCases({ tenant_cost_factor: factor }: AlertThresholds): readonly RuleCase[] {
  const firing = (tenant: string, day: number, mean: number) => ({
    labels: { job: TARGET.job, tenant_id: tenant },
    summary: `Tenant ${tenant} spends far more than usual`,
    description: `$${day.toFixed(2)} in the last 24 hours, against a limit of $${(factor * mean).toFixed(2)} (${factor} times its mean day of the 7 days before).`,
  });
  const usual = 0.07;
  const usualDay = usual * STEPS_A_DAY;
  // From day 9 on, ten factors more: after 12 hours the last day has 12 usual hours and 12 of those, less half an
  // hour that recorded hours lag behind.
  const high = usual * 10 * factor;
  const jumpedDay = (usualDay * 12.5 + high * STEPS_A_DAY * 11.5) / 24;
  return [
    {
      kind: 'fires',
      name: 'hours into a day that is many times the usual one, across instances, and for that tenant only',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { instance: 'a:10464' })]: counter(
          { steps: steps(9), perStep: usual / 2 },
          { steps: steps(1), perStep: high / 2 },
        ),
        [scraped('llm_cost_total', { instance: 'b:10464' })]: counter(
          { steps: steps(9), perStep: usual / 2 },
          { steps: steps(1), perStep: high / 2 },
        ),
        [scraped('llm_cost_total', { tenant_id: 'globex' })]: counter({ steps: steps(10), perStep: usual }),
      },
      expect: [
        { atSeconds: 9 * DAY + HOUR, firing: [] },
        { atSeconds: 9 * DAY + 12 * HOUR, firing: [firing('acme', jumpedDay, usualDay)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a new exporter, a tenant of two days, cents, a counter that starts again, and busy weekdays',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { job: 'new' })]: counter(
          { steps: steps(0.5), perStep: 0.01 },
          { steps: steps(0.5), perStep: 10 },
        ),
        [scraped('llm_cost_total', { tenant_id: 'two-days' })]:
          `${missing(steps(8))} ${counter({ steps: steps(1), perStep: 0.01 }, { steps: steps(1), perStep: 10 })}`,
        [scraped('llm_cost_total', { tenant_id: 'cents' })]: counter(
          { steps: steps(9), perStep: 0.0001 },
          { steps: steps(1), perStep: (MINIMUM_TENANT_DAY_USD * 0.9) / STEPS_A_DAY },
        ),
        [scraped('llm_cost_total', { tenant_id: 'restarted' })]:
          `${counter({ steps: steps(9), perStep: usual })} ${counter({ steps: steps(1), perStep: usual })}`,
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
