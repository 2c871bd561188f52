import { queriedUsd } from '../lib/annotation.ts';

/**
 * Labels of one budget. A budget is one number however many replicas publish it, hence `max by` these in the alerts:
 * by name and not `without (instance)`, because pod labels of replicas differ too.
 */
export const BUDGET_LABELS = 'job, budget, scope, scope_id, period';

/** USD of one of the budget's gauges, in an annotation. */
export function budgetUsd(metric: 'llm_budget_spent_usd' | 'llm_budget_limit_usd'): string {
  return queriedUsd(`max(${metric}{job=%q,budget=%q})`, 'job', 'budget');
}
