import type { Alert } from '../lib/rule.ts';

export function ingestRejecting(): Alert {
  return {
    alert: 'IngestRejecting',
    comment:
      'A sender posts events that are refused; a sender does not repeat those, so their usage is lost.',
    expr: 'sum by (job, source) (increase(llm_cost_exporter_ingest_events_total{result="rejected"}[15m])) > 0',
    forSeconds: 300,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Usage events from {{ $labels.source }} are being refused',
    description:
      '{{ $value | printf "%.0f" }} events from {{ $labels.source }} were refused in the last 15 minutes. Their usage is in no total.',
    dashboard: 'llm-cost-exporter-health',
  };
}
