import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat } from '../lib/values.ts';

const ignored = (source: string, labels: Record<string, string> = {}) =>
  scraped('llm_cost_exporter_ingest_uncounted_total', { source, reason: 'not_authoritative', ...labels });
const accepted = (source: string, labels: Record<string, string> = {}) =>
  scraped('llm_cost_exporter_ingest_events_total', { source, result: 'accepted', ...labels });

const firing = (calls: number, job: string = TARGET.job) => ({
  labels: { job },
  summary: 'OpenTelemetry brings usage that is not counted',
  description: `${calls} calls or points came by OTLP in the last hour in a signal that does not count, and none in one that does.`,
});

export function telemetryNotCountedCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'when only a signal comes that does not count, whatever other sources bring',
      input: 'minutes',
      series: {
        [ignored('otlp_metrics')]: counter({ steps: 120, perStep: 2 }),
        [accepted('otlp_traces')]: flat(0, 121),
        [accepted('events')]: counter({ steps: 120, perStep: 9 }),
      },
      expect: [
        { atSeconds: 5 * MINUTE, firing: [] },
        { atSeconds: 90 * MINUTE, firing: [firing(120)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a second signal beside the one that counts; nothing at all; what was long ago, across a restart',
      input: 'minutes',
      series: {
        [ignored('otlp_metrics')]: counter({ steps: 120, perStep: 2 }),
        [accepted('otlp_traces')]: counter({ steps: 120, perStep: 1 }),
        [ignored('otlp_logs', { job: 'second' })]: '90x59 0x60',
        [accepted('otlp_traces', { job: 'second' })]: flat(0, 121),
      },
      expect: [30, 70, 119].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'none is nothing, one is something',
      input: 'recorded',
      series: {
        [ignored('otlp_metrics', { job: 'none' })]: flat(0, 121),
        [ignored('otlp_metrics', { job: 'one' })]: '0x59 1x60',
      },
      expect: [{ atSeconds: 90 * MINUTE, firing: [firing(1, 'one')] }],
    },
  ];
}
