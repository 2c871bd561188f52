import type { Alert } from '../lib/rule.ts';

export function budgetSubjectsOverLimit(): Alert {
  return {
    alert: 'BudgetSubjectsOverLimit',
    comment: `Of a budget for each of something (each user) some have overspent theirs. Counts them all; BudgetExceeded names
only those that are among the top subjects, which alone have series.`,
    expr: 'max by (job, budget) (llm_budget_subjects_over_limit) > 0',
    forSeconds: 300,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Subjects of budget {{ $labels.budget }} have overspent theirs',
    description:
      '{{ $value | printf "%.0f" }} of {{ with printf `max(llm_budget_subjects{job=%q,budget=%q})` $labels.job $labels.budget | query }}{{ . | first | value | printf "%.0f" }} {{ end }}subjects are over the limit of {{ $labels.budget }}.',
    dashboard: 'llm-cost-budgets',
  };
}
