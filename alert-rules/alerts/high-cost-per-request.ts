import { TENANT } from '../lib/annotation.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { COST_PER_REQUEST } from '../recording/efficiency.ts';

export function highCostPerRequest({ cost_per_request_usd }: AlertThresholds): Alert {
  return {
    alert: 'HighCostPerRequest',
    comment: `A tenant's mean call is dear. The wait is as long as the window of the mean, so a single dear call, which
leaves the window first, does not fire.`,
    expr: `${COST_PER_REQUEST.record} > ${cost_per_request_usd}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Calls of tenant ${TENANT} are dear`,
    description: `A mean call of the last 15 minutes cost \${{ $value | printf "%.4f" }}, against a limit of $${cost_per_request_usd}.`,
    dashboard: 'llm-cost-overview',
  };
}
