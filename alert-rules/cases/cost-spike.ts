import { HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped } from '../lib/series.ts';
import { type AlertThresholds, MINIMUM_SPIKE_HOUR_USD } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { JOB_HOUR, JOB_MEAN_HOUR } from '../recording/cost.ts';

const STEP_HOURS = STEP_SECONDS.days / HOUR;
const hours = (count: number) => Math.round(count / STEP_HOURS);

/** Of the 58 hours recorded in the last day, 4 steps after the jump at hour 25: three high ones and one half high. */
const HIGH_SHARE = 3.5 / 58;

export function costSpikeCases({ cost_spike_factor: factor }: AlertThresholds): readonly RuleCase[] {
  const firing = (job: string, hour: number, mean: number) => ({
    labels: { job },
    summary: `LLM cost of ${job} has jumped`,
    description: `$${hour.toFixed(2)} in the last hour, against a limit of $${(factor * mean).toFixed(2)} (${factor} times the mean hour of the last 24).`,
  });
  const usual = 6;
  const high = usual * 5 * factor;
  const spiking = counter(
    { steps: hours(25), perStep: (usual * STEP_HOURS) / 2 },
    { steps: 4, perStep: (high * STEP_HOURS) / 2 },
  );
  const mean = (1 - HIGH_SHARE) * usual + HIGH_SHARE * high;
  return [
    {
      kind: 'fires',
      name: 'half an hour into a jump spread over two instances, and only for the job that has it',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { job: 'spiky', instance: 'a:10464' })]: spiking,
        [scraped('llm_cost_total', { job: 'spiky', instance: 'b:10464', tenant_id: 'globex' })]: spiking,
        [scraped('llm_cost_total', { job: 'steady' })]: counter({ steps: 64, perStep: 2.5 }),
      },
      expect: [
        { atSeconds: 61 * STEP_SECONDS.days, firing: [] },
        { atSeconds: 64 * STEP_SECONDS.days, firing: [firing('spiky', high, mean)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a steady cost, a counter that starts again, a jump between cents, and a series that appears late',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { job: 'steady' })]: counter({ steps: hours(30), perStep: 2.5 }),
        [scraped('llm_cost_total', {
          job: 'restarted',
        })]: `${counter({ steps: hours(25), perStep: 2.5 })} ${counter({ steps: hours(5), perStep: 2.5 })}`,
        [scraped('llm_cost_total', { job: 'cents' })]: counter(
          { steps: hours(25), perStep: 0.001 },
          { steps: hours(5), perStep: MINIMUM_SPIKE_HOUR_USD * STEP_HOURS * 0.9 },
        ),
        [scraped('llm_cost_total', { job: 'late', model: 'gpt-4o' })]: counter({
          steps: hours(30),
          perStep: 2.5,
        }),
        [scraped('llm_cost_total', {
          job: 'late',
          model: 'gpt-5',
        })]: `${missing(hours(25))} 5000+0.5x${hours(5)}`,
      },
      expect: [25, 26, 27, 28, 30].map((hour) => ({ atSeconds: hour * HOUR, firing: [] })),
    },
    {
      kind: 'quiet',
      name: 'an exporter that is new to Prometheus, whatever its first day costs',
      input: 'days',
      series: {
        [scraped('llm_cost_total', { job: 'new' })]: counter(
          { steps: hours(10), perStep: 0.25 },
          { steps: hours(15), perStep: 125 },
        ),
        [scraped('llm_cost_total', {
          job: 'known-elsewhere',
        })]: `5000+2.5x${hours(10)} 5100+125x${hours(14)}`,
      },
      expect: [1, 10.75, 12, 18, 23, 24].map((hour) => ({ atSeconds: hour * HOUR, firing: [] })),
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
