import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat } from '../lib/values.ts';

const missing = (source: string, labels: Record<string, string> = {}) =>
  scraped('llm_cost_exporter_ingest_uncounted_total', { source, reason: 'usage_missing', ...labels });
const accepted = (source: string, labels: Record<string, string> = {}) =>
  scraped('llm_cost_exporter_ingest_events_total', { source, result: 'accepted', ...labels });

const firing = (source: string, share: string) => ({
  labels: { job: TARGET.job, source },
  summary: `Calls from ${source} come without usage`,
  description: `${share} of the calls from ${source} in the last hour did not say how much they used. Their cost is in no total and no budget.`,
});

export function usageMissingCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'for the source whose calls say nothing, added over instances of which one starts again',
      input: 'minutes',
      series: {
        [missing('otlp_traces')]: counter({ steps: 120, perStep: 1 }),
        [missing('otlp_traces', {
          instance: 'b:10464',
        })]: `${counter({ steps: 100, perStep: 1 })} ${counter({ steps: 19, perStep: 1 })}`,
        [accepted('otlp_traces')]: counter({ steps: 120, perStep: 6 }),
        [missing('litellm')]: flat(0, 121),
        [accepted('litellm')]: counter({ steps: 120, perStep: 6 }),
      },
      expect: [
        { atSeconds: 5 * MINUTE, firing: [] },
        { atSeconds: 90 * MINUTE, firing: [firing('otlp_traces', '25%')] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a few of many, calls without usage of long ago, a source that is not used, other reasons',
      input: 'minutes',
      series: {
        [missing('litellm')]: counter({ steps: 120, perStep: 1 }),
        [accepted('litellm')]: counter({ steps: 120, perStep: 99 }),
        [missing('otlp_traces')]: flat(500, 121),
        [accepted('otlp_traces')]: counter({ steps: 120, perStep: 9 }),
        [missing('bill')]: flat(0, 121),
        [accepted('bill')]: flat(0, 121),
        [scraped('llm_cost_exporter_ingest_uncounted_total', {
          source: 'otlp_traces',
          reason: 'sum_of_others',
        })]: counter({ steps: 120, perStep: 9 }),
      },
      expect: [30, 90, 119].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'one in twenty is not yet too many, a little more is',
      input: 'recorded',
      series: {
        [missing('litellm')]: counter({ steps: 120, perStep: 1 }),
        [accepted('litellm')]: counter({ steps: 120, perStep: 19 }),
        [missing('otlp_traces')]: counter({ steps: 120, perStep: 1 }),
        [accepted('otlp_traces')]: counter({ steps: 120, perStep: 15 }),
      },
      expect: [{ atSeconds: 90 * MINUTE, firing: [firing('otlp_traces', '6.25%')] }],
    },
  ];
}
