import { queriedUsd, TENANT, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { TENANT_HOUR, TENANT_WASTED_HOUR } from '../recording/cost.ts';

export function errorSpend({ wasted_cost_ratio, wasted_cost_usd }: AlertThresholds): Alert {
  return {
    alert: 'ErrorSpend',
    comment:
      "Much of a tenant's cost buys no usable answer: errors, timeouts, calls broken off or cut short, and their retries.",
    expr: promql`
      ${TENANT_WASTED_HOUR.record} > ${wasted_cost_ratio} * ${TENANT_HOUR.record}
      and
      ${TENANT_WASTED_HOUR.record} > ${wasted_cost_usd}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Tenant ${TENANT} pays for calls that fail`,
    description: `${VALUE_USD} of ${queriedUsd(`${TENANT_HOUR.record}{job=%q,tenant_id=%q}`, 'job', 'tenant_id')} in the last hour went to calls without a usable answer.`,
    dashboard: 'llm-cost-overview',
  };
}
