import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat } from '../lib/values.ts';
import { COST_PER_REQUEST } from '../recording/efficiency.ts';

export function highCostPerRequestCases({
  cost_per_request_usd: limit,
}: AlertThresholds): readonly RuleCase[] {
  const firing = (tenant: string, cost: number) => ({
    labels: { job: TARGET.job, ...(tenant === '' ? {} : { tenant_id: tenant }) },
    summary: `Calls of tenant ${tenant === '' ? '(none)' : tenant} are dear`,
    description: `A mean call of the last 15 minutes cost $${cost.toFixed(4)}, against a limit of $${limit}.`,
  });
  const cost = (labels: Record<string, string>) => scraped('llm_cost_total', labels);
  const calls = (labels: Record<string, string>) => scraped('llm_requests_total', labels);
  const steadily = (perStep: number) => counter({ steps: 60, perStep });
  return [
    {
      kind: 'fires',
      name: 'when the mean over instances, models and statuses is high, also for calls without a tenant',
      input: 'minutes',
      series: {
        [cost({ instance: 'a:10464' })]: steadily(10 * limit),
        [cost({ instance: 'b:10464', model: 'gpt-5' })]: steadily(20 * limit),
        [calls({ instance: 'a:10464' })]: steadily(4),
        [calls({ instance: 'b:10464', model: 'gpt-5' })]: steadily(10),
        [calls({ instance: 'b:10464', model: 'gpt-5', status: 'error' })]: steadily(1),
        [cost({ tenant_id: '' })]: steadily(3 * limit),
        [calls({ tenant_id: '' })]: steadily(1),
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        { atSeconds: 30 * MINUTE, firing: [firing('acme', 2 * limit), firing('', 3 * limit)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'no calls at all (0 / 0), a cost without calls, one dear call, GPU-hours, and a cheap tenant beside a restart',
      input: 'minutes',
      series: {
        [cost({ tenant_id: 'idle' })]: flat(7, 60),
        [calls({ tenant_id: 'idle' })]: flat(7, 60),
        [cost({ tenant_id: 'no-calls' })]: steadily(limit),
        [calls({ tenant_id: 'no-calls' })]: flat(7, 60),
        [cost({ tenant_id: 'one' })]: `0x19 ${100 * limit}x39`,
        [calls({ tenant_id: 'one' })]: '0x19 1x39',
        [cost({ tenant_id: '', category: 'gpu_compute', token_type: '' })]: steadily(100 * limit),
        [calls({ tenant_id: '' })]: steadily(1),
        [cost({
          tenant_id: 'cheap',
        })]: `${counter({ steps: 30, perStep: limit / 2 })} ${counter({ steps: 29, perStep: limit / 2 })}`,
        [calls({
          tenant_id: 'cheap',
        })]: `${counter({ steps: 30, perStep: 1 })} ${counter({ steps: 29, perStep: 1 })}`,
      },
      expect: [25, 35, 45, 59].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the limit is not dear',
      input: 'recorded',
      series: {
        [recorded(COST_PER_REQUEST.record, { tenant_id: 'exact' })]: flat(limit, 40),
        [recorded(COST_PER_REQUEST.record, { tenant_id: 'above' })]: flat(limit + 0.0001, 40),
      },
      expect: [{ atSeconds: 30 * MINUTE, firing: [firing('above', limit + 0.0001)] }],
    },
  ];
}
