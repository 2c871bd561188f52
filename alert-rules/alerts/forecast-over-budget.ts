import { VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_LABELS, budgetUsd } from './budget.ts';

export function forecastOverBudget({ forecast_ratio }: AlertThresholds): Alert {
  return {
    alert: 'ForecastOverBudget',
    comment: `The middle forecast of the period's end is above the limit by more than the tolerance. Both sides keep the
same labels, so each budget meets its own limit. Without a forecast (too early in the period) it is silent.`,
    expr: promql`
      max by (${BUDGET_LABELS}) (llm_budget_forecast_usd{quantile="0.5"})
      >
      ${forecast_ratio} * max by (${BUDGET_LABELS}) (llm_budget_limit_usd)`,
    forSeconds: 3600,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'Budget {{ $labels.budget }} is on course to be overspent',
    description: `${VALUE_USD} expected by the end of the {{ $labels.period }}, against a limit of ${budgetUsd('llm_budget_limit_usd')}.`,
    dashboard: 'llm-cost-overview',
  };
}
