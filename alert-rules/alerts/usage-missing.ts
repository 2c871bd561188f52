import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

const MISSING = 'llm_cost_exporter_ingest_uncounted_total{reason="usage_missing"}';
const ACCEPTED = 'llm_cost_exporter_ingest_events_total{result="accepted"}';

export function usageMissing(): Alert {
  return {
    alert: 'UsageMissing',
    comment: `Calls are seen of which nobody says how much they used: streams that broke off or were asked without usage,
instrumentations that leave it out. They cost money that is in no total.`,
    expr: promql`
      sum by (job, source) (increase(${MISSING}[1h]))
      /
      (sum by (job, source) (increase(${MISSING}[1h])) + sum by (job, source) (increase(${ACCEPTED}[1h])))
      > 0.05`,
    forSeconds: 600,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Calls from {{ $labels.source }} come without usage',
    description:
      '{{ $value | humanizePercentage }} of the calls from {{ $labels.source }} in the last hour did not say how much they used. Their cost is in no total and no budget.',
    dashboard: 'llm-cost-exporter-health',
  };
}
