import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

export function telemetryNotCounted(): Alert {
  return {
    alert: 'TelemetryNotCounted',
    comment: `OTLP brings usage, and none of it counts: the senders use another signal than the one that is configured.
Where something counts beside it, the same calls are told of twice, and ignoring one of them is right.`,
    expr: promql`
      sum by (job) (increase(llm_cost_exporter_ingest_uncounted_total{reason="not_authoritative"}[1h])) > 0
      unless
      sum by (job) (increase(llm_cost_exporter_ingest_events_total{source=~"otlp_.*",result="accepted"}[1h])) > 0`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'OpenTelemetry brings usage that is not counted',
    description:
      '{{ $value | printf "%.0f" }} calls or points came by OTLP in the last hour in a signal that does not count, and none in one that does.',
    dashboard: 'llm-cost-exporter-health',
  };
}
