import { increase, max, nameAbsent, sum, zeroWhileUp } from './aggregation.ts';
import { filtered, series } from './series.ts';

const DIMENSION = ['dimension', 'value'];

const monthForecast = (quantile: string) =>
  max(DIMENSION, series('llm_cost_forecast_usd', `quantile="${quantile}"`));

export const forecastTable = {
  lower: monthForecast('0.05'),
  middle: monthForecast('0.5'),
  upper: monthForecast('0.95'),
} as const;

const WHOLE = 'tenant_id=""';
const expected = (window: string, bound: string) =>
  max([], series('llm_cost_expected_usd', WHOLE, `window="${window}"`, `bound="${bound}"`));

/** The organisation's cost and its band. */
export const organisationBand = (window: '1h' | '1d') =>
  ({
    cost: max([], series('llm_cost_window_usd', WHOLE, `window="${window}"`)),
    lower: expected(window, 'lower'),
    middle: expected(window, 'mid'),
    upper: expected(window, 'upper'),
  }) as const;

const WINDOW = ['tenant_id', 'window'];
const perWindow = (metric: string, ...matchers: readonly string[]) =>
  max(WINDOW, filtered(metric, ...matchers));
const named = (inner: string) => nameAbsent('tenant_id', inner, '(organisation)');

export const bandTable = {
  cost: named(perWindow('llm_cost_window_usd')),
  lower: named(perWindow('llm_cost_expected_usd', 'bound="lower"')),
  middle: named(perWindow('llm_cost_expected_usd', 'bound="mid"')),
  upper: named(perWindow('llm_cost_expected_usd', 'bound="upper"')),
  score: named(perWindow('llm_cost_anomaly_score')),
} as const;

export const scoreByTenant = named(max(['tenant_id'], filtered('llm_cost_anomaly_score', 'window="1h"')));

const anomalies = filtered('llm_cost_anomalies_total');
export const anomaliesBySeverity = sum(['severity'], increase(anomalies));
export const outsideBand = zeroWhileUp(
  `count(${perWindow('llm_cost_anomaly_score')} > 1)`,
  series('llm_cost_exporter_build_info'),
);
