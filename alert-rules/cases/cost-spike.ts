import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { recorded, scraped } from '../lib/series.ts';
import { type AlertThresholds, MINIMUM_SPIKE_HOUR_USD } from '../lib/thresholds.ts';
import { counter, flat } from '../lib/values.ts';
import { JOB_HOUR, JOB_MEAN_HOUR } from '../recording/cost.ts';

export function costSpikeCases({ cost_spike_factor: factor }: AlertThresholds): readonly RuleCase[] {
  const firing = (job: string, hour: number, mean: number) => ({
    labels: { job },
    summary: `LLM cost of ${job} has jumped`,
    description: `$${hour.toFixed(2)} in the last hour, against a limit of $${(factor * mean).toFixed(2)} (${factor} times the mean hour of the last 24).`,
  });
  // $6 an hour for 25 hours, then so much more that the last hour is 5 factors of it.
  const spike = { hour: 6 * 5 * factor, mean: (23 * 6 + (6 + 6 * 5 * factor) / 2) / 24 };
  const spiking = counter({ steps: 1500, perStep: 0.05 }, { steps: 60, perStep: spike.hour / 120 });
  return [
    {
      kind: 'fires',
      name: 'half an hour into a jump spread over two instances, and only for the job that has it',
      input: 'minutes',
      series: {
        [scraped('llm_cost_total', { job: 'spiky', instance: 'a:10464' })]: spiking,
        [scraped('llm_cost_total', { job: 'spiky', instance: 'b:10464', tenant_id: 'globex' })]: spiking,
        [scraped('llm_cost_total', { job: 'steady' })]: counter({ steps: 1560, perStep: 0.1 }),
      },
      expect: [
        { atSeconds: 25 * HOUR + 25 * MINUTE, firing: [] },
        { atSeconds: 26 * HOUR, firing: [firing('spiky', spike.hour, spike.mean)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a steady cost, a counter that starts again, a jump between cents, and a series that appears late',
      input: 'minutes',
      series: {
        [scraped('llm_cost_total', { job: 'steady' })]: counter({ steps: 1620, perStep: 0.1 }),
        [scraped('llm_cost_total', { job: 'restarted' })]:
          `${counter({ steps: 1500, perStep: 0.1 })} ${counter({ steps: 119, perStep: 0.1 })}`,
        [scraped('llm_cost_total', { job: 'cents' })]: counter(
          { steps: 1500, perStep: 0.0001 },
          { steps: 120, perStep: MINIMUM_SPIKE_HOUR_USD / 60 / 2 },
        ),
        [scraped('llm_cost_total', { job: 'late', model: 'gpt-4o' })]: counter({ steps: 1620, perStep: 0.1 }),
        [scraped('llm_cost_total', { job: 'late', model: 'gpt-5' })]: '_x1500 5000+0.02x119',
      },
      expect: [25, 26, 27].map((hours) => ({ atSeconds: hours * HOUR, firing: [] })),
    },
    {
      kind: 'quiet',
      name: 'an exporter that is new to Prometheus, whatever its first day costs',
      input: 'minutes',
      series: {
        [scraped('llm_cost_total', { job: 'new' })]: counter(
          { steps: 600, perStep: 0.01 },
          { steps: 840, perStep: 5 },
        ),
        [scraped('llm_cost_total', { job: 'long-known-elsewhere' })]: '5000+0.1x600 5060+5x839',
      },
      expect: [1, 10.75, 12, 18, 23].map((hours) => ({ atSeconds: hours * HOUR, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the factor, and exactly the least sum, are no spike',
      input: 'recorded',
      series: {
        [recorded(JOB_HOUR.record, { job: 'exact' })]: flat(factor * 10, 60),
        [recorded(JOB_MEAN_HOUR.record, { job: 'exact' })]: flat(10, 60),
        [recorded(JOB_HOUR.record, { job: 'least' })]: flat(MINIMUM_SPIKE_HOUR_USD, 60),
        [recorded(JOB_MEAN_HOUR.record, { job: 'least' })]: flat(0.01, 60),
        [recorded(JOB_HOUR.record, { job: 'above' })]: flat(factor * 10 + 0.01, 60),
        [recorded(JOB_MEAN_HOUR.record, { job: 'above' })]: flat(10, 60),
      },
      expect: [{ atSeconds: 40 * MINUTE, firing: [firing('above', factor * 10 + 0.01, 10)] }],
    },
  ];
}
