import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** `[from, colour]` in rising order; the first colour holds from minus infinity. */
export type Steps = readonly [first: string, ...rest: readonly (readonly [from: number, color: string])[]];

export function thresholds([first, ...rest]: Steps): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...rest.map(([value, color]) => ({ value, color }))]);
}

/** A fact, neither good nor bad. */
export const NEUTRAL: Steps = ['blue'];

/** Nothing is good, anything is not. `increase` extrapolates, so one event may read as slightly more or less. */
export const ZERO_IS_GREEN: Steps = ['green', [0.01, 'red']];

/** For 1 = up. */
export const ONE_IS_GREEN: Steps = ['red', [1, 'green']];

/** Share of a budget: the defaults of the alerts BudgetWarning (80 %) and BudgetExceeded (100 %). */
export const BUDGET_SHARE: Steps = ['green', [0.8, 'orange'], [1, 'red']];

/** Forecast by limit: the default of the alert ForecastOverBudget (110 %) is red. */
export const FORECAST_SHARE: Steps = ['green', [1, 'orange'], [1.1, 'red']];
