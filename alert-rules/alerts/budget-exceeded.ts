import type { Alert } from '../lib/rule.ts';
import { BUDGET, BUDGET_LABELS, PERIOD, USED_OF_LIMIT } from './budget.ts';

export function budgetExceeded(): Alert {
  return {
    alert: 'BudgetExceeded',
    comment: `More than the whole budget is spent. Holds until the period ends or the limit is raised, and through a restart of the
exporter, which knows no budget for a moment.`,
    expr: `max by (${BUDGET_LABELS}) (llm_budget_used_ratio) > 1`,
    forSeconds: 300,
    keepFiringForSeconds: 300,
    severity: 'critical',
    summary: `Budget ${BUDGET} is overspent`,
    description: `${USED_OF_LIMIT} this ${PERIOD} ({{ $value | humanizePercentage }}).`,
    dashboard: 'llm-cost-budgets',
  };
}
