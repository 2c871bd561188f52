import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

const UNPRICED = 'llm_unpriced_requests_total';

export function unpricedUsage(): Alert {
  return {
    alert: 'UnpricedUsage',
    comment: `Calls arrive that have no price, so every total is too low. The second part sees a series that is new with
its first calls already counted: increase() does not count a first sample. The look back over an hour keeps a
scrape outage from looking like a new series.`,
    expr: promql`
      sum by (job, provider, model, reason) (
        increase(${UNPRICED}[15m]) > 0
        or
        (${UNPRICED} > 0 unless last_over_time(${UNPRICED}[1h] offset 15m))
      )`,
    forSeconds: 300,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Calls to {{ $labels.provider }}/{{ $labels.model }} have no price',
    description:
      '{{ $value | printf "%.0f" }} calls in the last 15 minutes have no price ({{ $labels.reason }}). Their cost is in no total and no budget.',
    dashboard: 'llm-cost-overview',
  };
}
