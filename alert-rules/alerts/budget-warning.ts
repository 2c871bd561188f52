import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET, BUDGET_LABELS, PERIOD, USED_OF_LIMIT } from './budget.ts';

export function budgetWarning({ budget_warning_ratio }: AlertThresholds): Alert {
  return {
    alert: 'BudgetWarning',
    comment: `Most of the budget is spent. It goes on above 100 %: while BudgetExceeded fires for the same budget,
Alertmanager's inhibition mutes this one (see alertmanager.yml), and neither rule needs to know the other.`,
    expr: `max by (${BUDGET_LABELS}) (llm_budget_used_ratio) > ${budget_warning_ratio}`,
    forSeconds: 300,
    keepFiringForSeconds: 300,
    severity: 'warning',
    summary: `Budget ${BUDGET} is nearly spent`,
    description: `${USED_OF_LIMIT} this ${PERIOD} ({{ $value | humanizePercentage }}).`,
    dashboard: 'llm-cost-budgets',
  };
}
