import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET, BUDGET_LABELS, PERIOD, USED_OF_LIMIT } from './budget.ts';

export function budgetThresholdReached({ budget_warning_ratio }: AlertThresholds): Alert {
  return {
    alert: 'BudgetThresholdReached',
    comment: `One of the budget's own thresholds is reached: one alert each. A word and no call to act. Left out are those that
another alert speaks for: BudgetWarning for its own ratio, BudgetExceeded for the whole limit.`,
    expr: promql`
      max by (${BUDGET_LABELS}) (llm_budget_used_ratio)
      >= on (${BUDGET_LABELS}) group_right ()
      max by (${BUDGET_LABELS}, threshold) (llm_budget_threshold_ratio != ${budget_warning_ratio} != 1)`,
    forSeconds: 600,
    keepFiringForSeconds: 600,
    severity: 'info',
    summary: `Budget ${BUDGET} has reached {{ $labels.threshold }} % of its limit`,
    description: `${USED_OF_LIMIT} this ${PERIOD} ({{ $value | humanizePercentage }}).`,
    dashboard: 'llm-cost-budgets',
  };
}
