import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat } from '../lib/values.ts';

const events = (source: string, result: string, labels: Record<string, string> = {}) =>
  scraped('llm_cost_exporter_ingest_events_total', { source, result, ...labels });

const firing = (source: string, count: number) => ({
  labels: { job: TARGET.job, source },
  summary: `Usage events from ${source} are being refused`,
  description: `${count} events from ${source} were refused in the last 15 minutes. Their usage is in no total.`,
});

export function ingestRejectingCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'for the source that is refused, added over instances of which one starts again',
      input: 'minutes',
      series: {
        [events('usage', 'rejected')]: counter({ steps: 40, perStep: 2 }),
        [events('usage', 'rejected', {
          instance: 'exporter-2:10464',
        })]: `${counter({ steps: 20, perStep: 4 })} ${counter({ steps: 20, perStep: 4 })}`,
        [events('usage', 'accepted')]: counter({ steps: 40, perStep: 500 }),
        [events('openai', 'rejected')]: flat(0, 41),
      },
      expect: [
        { atSeconds: 3 * MINUTE, firing: [] },
        { atSeconds: 30 * MINUTE, firing: [firing('usage', 86)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'accepted events, duplicates, and refusals of long ago across a restart',
      input: 'minutes',
      series: {
        [events('usage', 'accepted')]: counter({ steps: 40, perStep: 500 }),
        [events('usage', 'duplicate')]: counter({ steps: 40, perStep: 20 }),
        [events('usage', 'rejected')]: '90x19 0x20',
      },
      expect: [10, 25, 40].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'none refused is nothing, one is something',
      input: 'recorded',
      series: { [events('openai', 'rejected')]: flat(0, 60), [events('usage', 'rejected')]: '0x29 1x30' },
      expect: [
        { atSeconds: 29 * MINUTE, firing: [] },
        { atSeconds: 40 * MINUTE, firing: [firing('usage', 1)] },
      ],
    },
  ];
}
