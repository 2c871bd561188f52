import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_LABELS, budgetUsd } from './budget.ts';

export function budgetExhausts({ exhaustion_lead_days, budget_minimum_usd }: AlertThresholds): Alert {
  return {
    alert: 'BudgetExhaustsBeforePeriodEnd',
    comment: `By the forecast the limit is reached well before the period ends. Without a forecast, or where the budget lasts,
there is no date and it is silent. It goes on once the limit is reached, as BudgetWarning does.`,
    expr: promql`
      max by (${BUDGET_LABELS}) (llm_budget_exhaustion_timestamp_seconds)
      < max by (${BUDGET_LABELS}) (llm_budget_period_end_timestamp_seconds) - ${exhaustion_lead_days} * 86400
      and
      max by (${BUDGET_LABELS}) (llm_budget_spent_usd) > ${budget_minimum_usd}`,
    forSeconds: 3600,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Budget {{ $labels.budget }} will not last its {{ $labels.period }}',
    description: `${budgetUsd('llm_budget_spent_usd')} of ${budgetUsd('llm_budget_limit_usd')} spent; at the forecast rate the rest is gone on {{ $value | humanizeTimestamp }}.`,
    dashboard: 'llm-cost-overview',
  };
}
