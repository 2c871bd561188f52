import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET, BUDGET_LABELS, LIMIT, PERIOD, PERIOD_LASTS_A_DAY } from './budget.ts';

const MIDDLE = 'llm_budget_forecast_ratio{quantile="0.5"}';

export function forecastOverBudget({ forecast_ratio }: AlertThresholds): Alert {
  return {
    alert: 'ForecastOverBudget',
    comment: `The middle forecast of the period's end is above the limit by more than the tolerance. It needs no band, which is
there only where history says how wrong the forecast is. Without a forecast (too little is known) it is silent.
A forecast sways from hour to hour: once it was above the tolerance for a quarter of an hour it goes on until the
forecast is within the limit, or not above the tolerance for a day. Not keep_firing_for: that would outlive a period
and a limit that was raised. In the first day of a period only that moment's forecast counts.`,
    expr: promql`
      max by (${BUDGET_LABELS}) (${MIDDLE}) > ${forecast_ratio}
      or
      (
        max by (${BUDGET_LABELS}) (${MIDDLE}) > 1
        and max by (${BUDGET_LABELS}) (max_over_time(min_over_time(${MIDDLE}[15m])[1d:15m])) > ${forecast_ratio}
        and ${PERIOD_LASTS_A_DAY}
      )`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Budget ${BUDGET} is on course to be overspent`,
    description: `{{ $value | humanizePercentage }} of ${LIMIT} expected by the end of the ${PERIOD}.`,
    dashboard: 'llm-cost-budgets',
  };
}
