import { queriedUsd, TENANT, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { TENANT_HOUR } from '../recording/cost.ts';
import { ROBUST_BAND } from '../recording/cost-band.ts';

export function costAboveUsual({ anomaly_minimum_usd }: AlertThresholds): Alert {
  const recorded = (record: string) => queriedUsd(`${record}{job=%q,tenant_id=%q}`, 'job', 'tenant_id');
  return {
    alert: 'CostAboveUsual',
    comment: `The same from recorded costs alone, for the tenants that have no band of the exporter's: the last hour cost more than
the robust band. Silent for a tenant's first day. Its value is the excess.`,
    expr: promql`
      (${TENANT_HOUR.record} - ${ROBUST_BAND.upper.record} > ${anomaly_minimum_usd})
      unless on (job, tenant_id)
      llm_cost_expected_usd{window="1h",bound="upper"}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Tenant ${TENANT} costs more than usual`,
    description: `${recorded(TENANT_HOUR.record)} in the last hour, ${VALUE_USD} above the band, whose middle is ${recorded(ROBUST_BAND.mid.record)}.`,
    dashboard: 'llm-cost-overview',
  };
}
