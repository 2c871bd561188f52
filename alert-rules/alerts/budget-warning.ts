import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_LABELS, budgetUsd } from './budget.ts';

export function budgetWarning({ budget_warning_ratio }: AlertThresholds): Alert {
  return {
    alert: 'BudgetWarning',
    comment: `Most of the budget is spent. It goes on above 100 %: while BudgetExceeded fires for the same budget,
Alertmanager's inhibition mutes this one (see alertmanager.yml), and neither rule needs to know the other.`,
    expr: `max by (${BUDGET_LABELS}) (llm_budget_used_ratio) > ${budget_warning_ratio}`,
    forSeconds: 900,
    severity: 'warning',
    summary: 'Budget {{ $labels.budget }} is nearly spent',
    description: `${budgetUsd('llm_budget_spent_usd')} of ${budgetUsd('llm_budget_limit_usd')} spent this {{ $labels.period }} ({{ $value | humanizePercentage }}).`,
    dashboard: 'llm-cost-overview',
  };
}
