import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';

const DAY_OF_BILL = 'job, provider, day';

export function reconciliationDrift({
  reconciliation_drift_ratio: ratio,
  reconciliation_drift_usd: usd,
}: AlertThresholds): Alert {
  return {
    alert: 'ReconciliationDrift',
    comment: `The bill of a finished day and what was counted differ by more than a share of the bill, and by more than
cents. Replicas of one ledger agree, hence max and min. The share is asked for the other way round because a day that
the provider does not charge for has none. Six hours, as providers complete the figures of a day after its end.`,
    expr: promql`
      (
        max by (${DAY_OF_BILL}) (llm_cost_reconciliation_drift_usd) > ${usd}
        or
        -1 * max by (${DAY_OF_BILL}) (-1 * llm_cost_reconciliation_drift_usd > ${usd})
      )
      unless
      max by (${DAY_OF_BILL}) (abs(llm_cost_reconciliation_drift_ratio)) <= ${ratio}`,
    forSeconds: 21_600,
    severity: 'warning',
    summary: 'The bill of {{ $labels.provider }} for {{ $labels.day }} is not what was counted',
    description: `The bill less what was counted is {{ $value | printf "%+.2f" }} USD (limit ${usd} USD and ${percent(ratio)} % of the bill). {{ if gt $value 0.0 }}Calls are missing here, or are priced too low.{{ else }}Calls are counted twice here, or are priced too high.{{ end }}`,
    dashboard: 'llm-cost-overview',
  };
}

function percent(ratio: number): number {
  return Number((ratio * 100).toPrecision(6));
}
