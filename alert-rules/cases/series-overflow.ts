import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat } from '../lib/values.ts';

const overflow = (family: string) => scraped('llm_cost_exporter_series_overflow_total', { family });
const firing = (family: string, count: number) => ({
  labels: { job: TARGET.job, family },
  summary: `Label sets of ${family} overflow into "other"`,
  description: `${count} charges of the last hour were counted under "other". Totals are right; the breakdown of ${family} is not complete.`,
});

export function seriesOverflowCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'for the family whose label budget is spent',
      input: 'minutes',
      series: {
        [overflow('llm_cost_total')]: counter({ steps: 90, perStep: 3 }),
        [overflow('llm_tokens_total')]: flat(0, 91),
      },
      expect: [
        { atSeconds: 3 * MINUTE, firing: [] },
        { atSeconds: 80 * MINUTE, firing: [firing('llm_cost_total', 180)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'an overflow of long ago, also across a restart',
      input: 'minutes',
      series: { [overflow('llm_cost_total')]: '900x29 0x60' },
      expect: [20, 40, 80].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'no charge is none, one is one',
      input: 'recorded',
      series: {
        [overflow('llm_tokens_total')]: flat(0, 91),
        [overflow('llm_cost_total')]: '0x69 1x20',
      },
      expect: [
        { atSeconds: 69 * MINUTE, firing: [] },
        { atSeconds: 80 * MINUTE, firing: [firing('llm_cost_total', 1)] },
      ],
    },
  ];
}
