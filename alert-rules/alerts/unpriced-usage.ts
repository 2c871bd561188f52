import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

const CALLS = 'llm_unpriced_requests_total';
const TOKENS = 'llm_unpriced_tokens_total';

/** What came to a counter in the last 15 minutes, also where the series is new. */
const fresh = (counter: string) =>
  promql`increase(${counter}[15m]) > 0 or (${counter} > 0 unless last_over_time(${counter}[1h] offset 15m))`;

export function unpricedUsage(): Alert {
  return {
    alert: 'UnpricedUsage',
    comment: `Usage arrives that has no price, so every total is too low. Metrics tell of tokens without saying how many
calls they were, hence the tokens behind the calls. The parts after "or" see a series that is new with its first calls
already counted: increase() does not count a first sample. The look back over an hour keeps a scrape outage from looking
like a new series.`,
    expr: promql`
      sum by (job, provider, model, reason) (${fresh(CALLS)})
      or
      sum by (job, provider, model, reason) (${fresh(TOKENS)})`,
    forSeconds: 300,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Usage of {{ $labels.provider }}/{{ $labels.model }} has no price',
    description:
      '{{ $value | printf "%.0f" }} calls (or tokens, where nobody counted calls) in the last 15 minutes have no price ({{ $labels.reason }}). Their cost is in no total and no budget.',
    dashboard: 'llm-cost-overview',
  };
}
