import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET, BUDGET_LABELS, LIMIT, PERIOD } from './budget.ts';

export function forecastOverBudget({ forecast_ratio }: AlertThresholds): Alert {
  return {
    alert: 'ForecastOverBudget',
    comment: `The middle forecast of the period's end is above the limit by more than the tolerance. It needs no band, which is
there only where history says how wrong the forecast is. Without a forecast (too little is known) it is silent.`,
    expr: `max by (${BUDGET_LABELS}) (llm_budget_forecast_ratio{quantile="0.5"}) > ${forecast_ratio}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Budget ${BUDGET} is on course to be overspent`,
    description: `{{ $value | humanizePercentage }} of ${LIMIT} expected by the end of the ${PERIOD}.`,
    dashboard: 'llm-cost-budgets',
  };
}
