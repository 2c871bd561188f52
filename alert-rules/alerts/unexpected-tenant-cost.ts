import { queriedUsd, TENANT, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import { type AlertThresholds, MINIMUM_TENANT_DAY_USD } from '../lib/thresholds.ts';
import { TENANT_DAY, TENANT_MEAN_DAY } from '../recording/cost.ts';

export function unexpectedTenantCost({ tenant_cost_factor }: AlertThresholds): Alert {
  const limit = `${tenant_cost_factor} * ${TENANT_MEAN_DAY.record}{job=%q,tenant_id=%q}`;
  return {
    alert: 'UnexpectedTenantCost',
    comment: `A tenant's last 24 hours cost a multiple of its mean day of the 7 days before. Silent for tenants known for
less than 3 days (their budget speaks for them) and up to $${MINIMUM_TENANT_DAY_USD} a day.`,
    expr: promql`
      ${TENANT_DAY.record} > ${tenant_cost_factor} * ${TENANT_MEAN_DAY.record}
      and
      ${TENANT_DAY.record} > ${MINIMUM_TENANT_DAY_USD}`,
    forSeconds: 7200,
    keepFiringForSeconds: 1800,
    severity: 'warning',
    summary: `Tenant ${TENANT} spends far more than usual`,
    description: `${VALUE_USD} in the last 24 hours, against a limit of ${queriedUsd(limit, 'job', 'tenant_id')} (${tenant_cost_factor} times its mean day of the 7 days before).`,
    dashboard: 'llm-cost-overview',
  };
}
