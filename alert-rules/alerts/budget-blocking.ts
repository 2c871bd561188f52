import type { Alert } from '../lib/rule.ts';

export function budgetBlocking(): Alert {
  return {
    alert: 'BudgetBlocking',
    comment: 'A hard budget says no: calls that ask it first are not made. Somebody is without answers now.',
    expr: 'sum by (job, budget) (increase(llm_budget_decisions_total{decision="block"}[15m])) > 0',
    forSeconds: 60,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Budget {{ $labels.budget }} refuses calls',
    description: '{{ $value | printf "%.0f" }} calls were refused in the last 15 minutes.',
    dashboard: 'llm-cost-budgets',
  };
}
