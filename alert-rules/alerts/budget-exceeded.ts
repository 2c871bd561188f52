import type { Alert } from '../lib/rule.ts';
import { BUDGET_LABELS, budgetUsd } from './budget.ts';

export function budgetExceeded(): Alert {
  return {
    alert: 'BudgetExceeded',
    comment: 'More than the whole budget is spent. Holds until the period ends or the limit is raised.',
    expr: `max by (${BUDGET_LABELS}) (llm_budget_used_ratio) > 1`,
    forSeconds: 300,
    severity: 'critical',
    summary: 'Budget {{ $labels.budget }} is overspent',
    description: `${budgetUsd('llm_budget_spent_usd')} of ${budgetUsd('llm_budget_limit_usd')} spent this {{ $labels.period }} ({{ $value | humanizePercentage }}).`,
    dashboard: 'llm-cost-overview',
  };
}
