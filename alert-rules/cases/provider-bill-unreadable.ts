import { DAY, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat, missing } from '../lib/values.ts';

const STEP = STEP_SECONDS.days;
/** The first step at which a day has passed since the failure began at step 4. */
const DAY_LATER = 4 + Math.ceil(DAY / STEP);

const billUp = (provider: string, instance = TARGET.instance) =>
  scraped('llm_cost_exporter_bill_up', { provider, instance });
const firing = (provider: string) => ({
  labels: { job: TARGET.job, provider },
  summary: `The bill of ${provider} cannot be read`,
  description: `No look at the bill of ${provider} has succeeded for a day. What was counted is not checked, and where the bill is the cost, the cost is missing.`,
});

export function providerBillUnreadableCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'after a day, for the provider whose bill it is, once for two replicas',
      input: 'days',
      series: {
        [billUp('openai')]: '1x3 0x150',
        [billUp('openai', 'exporter-2:10464')]: '1x3 0x150',
        [billUp('anthropic')]: flat(1, 150),
      },
      expect: [
        { atSeconds: (DAY_LATER - 1) * STEP, firing: [] },
        { atSeconds: DAY_LATER * STEP, firing: [firing('openai')] },
      ],
    },
    {
      kind: 'quiet',
      name: 'looks that fail for hours, a replica that can, and a bill that is no longer configured',
      input: 'days',
      series: {
        [billUp('openai')]: '0x40 1x1 0x40 1x1 0x40',
        [billUp('anthropic')]: flat(0, 150),
        [billUp('anthropic', 'exporter-2:10464')]: flat(1, 150),
        [billUp('openrouter')]: `0x30 ${missing(120)}`,
      },
      expect: [30, 60, 90, 120].map((steps) => ({ atSeconds: steps * STEP, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'a look that succeeds a moment before the day is over is enough',
      input: 'days',
      series: {
        [billUp('openai')]: `1x3 0x${DAY_LATER - 5} 1x1 0x40`,
        [billUp('anthropic')]: `1x3 0x${DAY_LATER - 4} 1x1 0x40`,
      },
      expect: [
        { atSeconds: (DAY_LATER - 1) * STEP, firing: [] },
        { atSeconds: DAY_LATER * STEP, firing: [firing('anthropic')] },
        { atSeconds: (DAY_LATER + 1) * STEP, firing: [] },
      ],
    },
  ];
}
