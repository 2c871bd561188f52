import { HOUR, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { TENANT_HOUR } from '../recording/cost.ts';
import { ROBUST_BAND } from '../recording/cost-band.ts';

const STEP = STEP_SECONDS.days;
const steps = (hours: number) => Math.round((hours * HOUR) / STEP);
const at = (hours: number) => steps(hours) * STEP;
/** In binary fractions, as sums of others look like a counter that starts again. */
const perStep = (usdAnHour: number) => Math.round((usdAnHour * STEP * 65_536) / HOUR) / 65_536;
const spends = (usdAnHour: number, hours: number) => ({ steps: steps(hours), perStep: perStep(usdAnHour) });

export function costAboveUsualCases({ anomaly_minimum_usd: minimum }: AlertThresholds): readonly RuleCase[] {
  const cost = (tenant_id: string, ...stretches: readonly ReturnType<typeof spends>[]) => ({
    [scraped('llm_cost_total', { tenant_id })]: counter(...stretches),
  });
  const firing = (tenant: string, hour: number, upper: number, mid: number) => ({
    labels: { job: TARGET.job, tenant_id: tenant },
    summary: `Tenant ${tenant} costs more than usual`,
    description: `$${hour.toFixed(2)} in the last hour, $${(hour - upper).toFixed(2)} above the band, whose middle is $${mid.toFixed(2)}.`,
  });
  const usual = 8 + minimum * 4;
  const officeDay = [spends(usual, 14), spends(usual * 4, 10)] as const;
  const band = (tenant_id: string, hour: number) => ({
    [recorded(TENANT_HOUR.record, { tenant_id })]: flat(hour, 60),
    [recorded(ROBUST_BAND.upper.record, { tenant_id })]: flat(16, 60),
    [recorded(ROBUST_BAND.mid.record, { tenant_id })]: flat(8, 60),
  });
  return [
    {
      kind: 'fires',
      name: 'less than two hours into a jump, though a spike of three hours came the day before, and for that tenant only',
      input: 'days',
      series: {
        ...cost('acme', spends(usual, 20), spends(usual * 20, 3), spends(usual, 17), spends(usual * 3, 8)),
        ...cost('steady', spends(usual, 48)),
        ...cost('counted', spends(usual, 40), spends(usual * 3, 8)),
        [scraped('llm_cost_expected_usd', { tenant_id: 'counted' })]: flat(usual * 9, steps(48)),
      },
      expect: [
        { atSeconds: at(39), firing: [] },
        { atSeconds: at(41.7), firing: [firing('acme', usual * 3, usual * 1.5, usual)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a first day, office hours like those of yesterday, a counter that starts again, cents, and a hole of a day',
      input: 'days',
      series: {
        ...cost('new', spends(usual / 8, 12), spends(usual * 8, 10)),
        ...cost('office', ...officeDay, ...officeDay, ...officeDay),
        [scraped('llm_cost_total', {
          tenant_id: 'restarted',
        })]: `${counter(spends(usual, 30))} ${counter(spends(usual, 42))}`,
        ...cost('cents', spends(minimum / 100, 40), spends(minimum * 0.9, 30)),
        [scraped('llm_cost_total', {
          tenant_id: 'hole',
        })]: `${counter(spends(usual, 20))} ${missing(steps(26))} ${counter(spends(usual * 6, 12))}`,
      },
      expect: [10, 20, 30, 32, 39, 44, 50, 62, 68].map((hours) => ({ atSeconds: at(hours), firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the least excess is borne, and so is what the exporter has a band for',
      input: 'recorded',
      series: {
        ...band('exact', 16 + minimum),
        ...band('above', 16 + minimum + 0.01),
        ...band('counted', 99 + minimum),
        [scraped('llm_cost_expected_usd', { tenant_id: 'counted' })]: flat(999, 60),
      },
      expect: [{ atSeconds: HOUR - 60, firing: [firing('above', 16 + minimum + 0.01, 16, 8)] }],
    },
  ];
}
