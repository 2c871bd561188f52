import { queriedUsd, TENANT, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { TENANT_HOUR, TENANT_WASTED_HOUR } from '../recording/cost.ts';

export function errorSpend({ wasted_cost_ratio, wasted_cost_usd }: AlertThresholds): Alert {
  return {
    alert: 'ErrorSpend',
    comment: `Much of a tenant's cost buys no usable answer: errors, timeouts, calls broken off or cut short. A retry is a call like
any other: each attempt that failed counts here, the one that worked does not.`,
    expr: promql`
      ${TENANT_WASTED_HOUR.record} > ${wasted_cost_ratio} * ${TENANT_HOUR.record}
      and
      ${TENANT_WASTED_HOUR.record} > ${wasted_cost_usd}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Tenant ${TENANT} pays for failed and retried calls`,
    description: `${VALUE_USD} of ${queriedUsd(`${TENANT_HOUR.record}{job=%q,tenant_id=%q}`, 'job', 'tenant_id')} in the last hour went to failed calls, retried or not: no usable answer was bought.`,
    dashboard: 'llm-cost-overview',
  };
}
