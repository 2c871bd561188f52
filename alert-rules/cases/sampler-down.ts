import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

const samplerUp = (sampler: string, instance = TARGET.instance) =>
  scraped('llm_cost_exporter_sampler_up', { sampler, instance });
const firing = (sampler: string, instance: string) => ({
  labels: { job: TARGET.job, instance, sampler },
  summary: `Sampler ${sampler} of ${instance} is failing`,
  description: `The last samples of ${sampler} failed. Its metrics are absent, and GPU-hours may go uncounted.`,
});

export function samplerDownCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'after ten minutes, for the sampler and the instance that fail',
      input: 'minutes',
      series: {
        [samplerUp('gpu', 'a:10464')]: '1x4 0x20',
        [samplerUp('gpu', 'b:10464')]: flat(1, 26),
        [samplerUp('host', 'a:10464')]: flat(1, 26),
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        { atSeconds: 15 * MINUTE, firing: [firing('gpu', 'a:10464')] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a machine without GPUs, and a sampler that fails now and then',
      input: 'minutes',
      series: { [samplerUp('host')]: flat(1, 40), [samplerUp('gpu', 'flaky:10464')]: '1x4 0x5 1x2 0x5 1x20' },
      expect: [12, 20, 39].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'a minute less than ten is a hiccup',
      input: 'recorded',
      series: {
        [samplerUp('gpu', 'hiccup:10464')]: '1x4 0x9 1x20',
        [samplerUp('gpu', 'failure:10464')]: '1x4 0x10 1x19',
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        { atSeconds: 15 * MINUTE, firing: [firing('gpu', 'failure:10464')] },
        { atSeconds: 16 * MINUTE, firing: [] },
      ],
    },
  ];
}
