import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { TENANT_HOUR, TENANT_WASTED_HOUR } from '../recording/cost.ts';

const wasted = (labels: Record<string, string> = {}) =>
  scraped('llm_cost_wasted_total', { reason: 'error', ...labels });
const cost = (labels: Record<string, string> = {}) => scraped('llm_cost_total', labels);

export function errorSpendCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { wasted_cost_ratio: ratio, wasted_cost_usd: usd } = thresholds;
  const firing = (tenant: string, wastedUsd: number, hourUsd: number) => ({
    labels: { job: TARGET.job, ...(tenant !== '' && { tenant_id: tenant }) },
    summary: `Tenant ${tenant === '' ? '(none)' : tenant} pays for failed and retried calls`,
    description: `$${wastedUsd.toFixed(2)} of $${hourUsd.toFixed(2)} in the last hour went to failed calls, retried or not: no usable answer was bought.`,
  });
  const hour = usd * 4;
  const perStep = (usdAnHour: number) => usdAnHour / 60;
  const restarted = (usdAnHour: number) =>
    `${counter({ steps: 90, perStep: perStep(usdAnHour) })} ${counter({ steps: 90, perStep: perStep(usdAnHour) })}`;
  return [
    {
      kind: 'fires',
      name: 'for the tenant whose calls fail, over reasons and instances of which one starts again, and without one',
      input: 'minutes',
      series: {
        [wasted()]: counter({ steps: 180, perStep: perStep(hour / 4) }),
        [wasted({ reason: 'truncated' })]: counter({ steps: 180, perStep: perStep(hour / 4) }),
        [wasted({ instance: 'b:10464' })]: restarted(hour / 2),
        [cost()]: counter({ steps: 180, perStep: perStep(hour / ratio / 4) }),
        [cost({ instance: 'b:10464' })]: restarted(hour / ratio / 4),
        [wasted({ tenant_id: '' })]: counter({ steps: 180, perStep: perStep(hour) }),
        [cost({ tenant_id: '' })]: counter({ steps: 180, perStep: perStep(hour) }),
        [cost({ tenant_id: 'globex' })]: counter({ steps: 180, perStep: perStep(hour) }),
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        {
          atSeconds: 85 * MINUTE,
          firing: [firing('acme', hour, hour / ratio / 2), firing('', hour, hour)],
        },
        {
          atSeconds: 175 * MINUTE,
          firing: [firing('acme', hour, hour / ratio / 2), firing('', hour, hour)],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'a small share of much, most of little, waste of long ago, across a restart, and no cost beside it',
      input: 'minutes',
      series: {
        [wasted({ tenant_id: 'much' })]: counter({ steps: 180, perStep: perStep(hour) }),
        [cost({ tenant_id: 'much' })]: counter({ steps: 180, perStep: perStep((hour / ratio) * 2) }),
        [wasted({ tenant_id: 'little' })]: counter({ steps: 180, perStep: perStep(usd * 0.8) }),
        [cost({ tenant_id: 'little' })]: counter({ steps: 180, perStep: perStep(usd * 0.8) }),
        [wasted({ tenant_id: 'old' })]: flat(hour * 50, 181),
        [cost({ tenant_id: 'old' })]: counter({ steps: 180, perStep: perStep(hour) }),
        [wasted({ tenant_id: 'restarted' })]: `${flat(hour * 50, 60)} ${flat(0, 121)}`,
        [cost({
          tenant_id: 'restarted',
        })]: `${missing(60)} ${counter({ steps: 120, perStep: perStep(hour) })}`,
        [wasted({ tenant_id: 'alone' })]: counter({ steps: 180, perStep: perStep(hour) }),
      },
      expect: [30, 70, 90, 179].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the share, and exactly the sum, are borne',
      input: 'recorded',
      series: {
        [recorded(TENANT_WASTED_HOUR.record, { tenant_id: 'share' })]: flat(ratio * usd * 100, 60),
        [recorded(TENANT_HOUR.record, { tenant_id: 'share' })]: flat(usd * 100, 60),
        [recorded(TENANT_WASTED_HOUR.record, { tenant_id: 'sum' })]: flat(usd, 60),
        [recorded(TENANT_HOUR.record, { tenant_id: 'sum' })]: flat(usd, 60),
        [recorded(TENANT_WASTED_HOUR.record, { tenant_id: 'above' })]: flat(ratio * usd * 100 + 0.01, 60),
        [recorded(TENANT_HOUR.record, { tenant_id: 'above' })]: flat(usd * 100, 60),
      },
      expect: [{ atSeconds: HOUR - MINUTE, firing: [firing('above', ratio * usd * 100 + 0.01, usd * 100)] }],
    },
  ];
}
