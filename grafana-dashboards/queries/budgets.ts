import { descending, max } from './aggregation.ts';
import { filtered } from './series.ts';

const BUDGET = ['budget', 'scope', 'scope_id', 'period'];

const MILLISECONDS_PER_SECOND = 1000;

const perBudget = (metric: string, ...matchers: readonly string[]) =>
  max(BUDGET, filtered(metric, ...matchers));

/** The middle forecast: quantile 0.5, or the only one of a method without quantiles. */
const forecast = perBudget('llm_budget_forecast_usd', 'quantile=~"0.5|"');
const limit = perBudget('llm_budget_limit_usd');
/** Grafana reads dates in milliseconds. */
const exhaustion = `${perBudget('llm_budget_exhaustion_timestamp_seconds')} * ${MILLISECONDS_PER_SECOND}`;

const used = perBudget('llm_budget_used_ratio');
const remaining = perBudget('llm_budget_remaining_usd');

export const usedRatioByBudget = descending(used);
/** The one with the least left comes first. */
export const remainingUsdByBudget = `sort(${remaining})`;
export const forecastRatioByBudget = descending(`${forecast} / ${limit}`);
export const firstExhaustionMs = `min(${exhaustion})`;

export const budgetTable = {
  limit,
  spent: perBudget('llm_budget_spent_usd'),
  remaining,
  used,
  forecast,
  exhaustion,
  periodEnd: `${perBudget('llm_budget_period_end_timestamp_seconds')} * ${MILLISECONDS_PER_SECOND}`,
} as const;
