import { descending, increase, max, rate, sum, zeroWhileUp } from './aggregation.ts';
import { filtered, labelsOf, series } from './series.ts';

const BUDGET = ['budget', 'scope', 'scope_id', 'period'];
const EXPORTER = series('llm_cost_exporter_build_info');

const MILLISECONDS_PER_SECOND = 1000;
const MIDDLE = 'quantile="0.5"';

/** Grafana reads dates in milliseconds. */
const inMilliseconds = (seconds: string) => `${seconds} * ${MILLISECONDS_PER_SECOND}`;

/** On the overview the tenant variable picks a tenant's budget. */
const ofTenant = (metric: string, ...matchers: readonly string[]) =>
  max(BUDGET, filtered(metric, ...matchers));

const forecastUsd = ofTenant('llm_budget_forecast_usd', MIDDLE);
const exhaustionOfTenant = inMilliseconds(ofTenant('llm_budget_exhaustion_timestamp_seconds'));
const remainingOfTenant = ofTenant('llm_budget_remaining_usd');

export const overview = {
  usedRatio: descending(ofTenant('llm_budget_used_ratio')),
  /** The one with the least left comes first. */
  remainingUsd: `sort(${remainingOfTenant})`,
  forecastRatio: descending(ofTenant('llm_budget_forecast_ratio', MIDDLE)),
  firstExhaustionMs: `min(${exhaustionOfTenant})`,
  limit: ofTenant('llm_budget_limit_usd'),
  spent: ofTenant('llm_budget_spent_usd'),
  remaining: remainingOfTenant,
  used: ofTenant('llm_budget_used_ratio'),
  forecast: forecastUsd,
  exhaustion: exhaustionOfTenant,
  periodEnd: inMilliseconds(ofTenant('llm_budget_period_end_timestamp_seconds')),
} as const;

/** What the budget variable is filled from. */
export const budgets = series('llm_budget_used_ratio');

const chosen = (metric: string, ...matchers: readonly string[]) =>
  series(metric, 'budget=~"$budget"', ...matchers);

/** By all labels of the metric: one row for each budget, subject and whatever else it tells apart. */
const perBudget = (metric: string, ...matchers: readonly string[]) =>
  max(
    labelsOf(metric).filter((label) => !matchers.some((matcher) => matcher.startsWith(`${label}=`))),
    chosen(metric, ...matchers),
  );

const used = perBudget('llm_budget_used_ratio');

export const overLimit = zeroWhileUp(`count(${used} > 1)`, EXPORTER);
export const runOut = zeroWhileUp(
  `count(${perBudget('llm_budget_exhaustion_timestamp_seconds')} < ${perBudget('llm_budget_period_end_timestamp_seconds')})`,
  EXPORTER,
);
export const firstExhaustionMs = `min(${inMilliseconds(chosen('llm_budget_exhaustion_timestamp_seconds'))})`;
export const subjectsOverLimit = zeroWhileUp(sum([], perBudget('llm_budget_subjects_over_limit')), EXPORTER);
const blocked = chosen('llm_budget_decisions_total', 'decision="block"');
export const blockedCalls = zeroWhileUp(sum([], increase(blocked)), EXPORTER);

export const usedRatio = used;
export const usedRatioByBudget = descending(used);
export const forecastRatio = (quantile: string) =>
  perBudget('llm_budget_forecast_ratio', `quantile="${quantile}"`);

const exhaustionBound = (bound: string) =>
  inMilliseconds(perBudget('llm_budget_exhaustion_bound_timestamp_seconds', `bound="${bound}"`));

export const periodTable = {
  used,
  lower: forecastRatio('0.05'),
  middle: forecastRatio('0.5'),
  upper: forecastRatio('0.95'),
  earliest: exhaustionBound('earliest'),
  exhaustion: inMilliseconds(perBudget('llm_budget_exhaustion_timestamp_seconds')),
  latest: exhaustionBound('latest'),
  periodEnd: inMilliseconds(perBudget('llm_budget_period_end_timestamp_seconds')),
} as const;

export const usdTable = {
  limit: perBudget('llm_budget_limit_usd'),
  spent: perBudget('llm_budget_spent_usd'),
  reserved: perBudget('llm_budget_reserved_usd'),
  remaining: perBudget('llm_budget_remaining_usd'),
  lower: perBudget('llm_budget_forecast_usd', 'quantile="0.05"'),
  middle: perBudget('llm_budget_forecast_usd', MIDDLE),
  upper: perBudget('llm_budget_forecast_usd', 'quantile="0.95"'),
} as const;

export const quotaTable = {
  limit: perBudget('llm_budget_quota_limit'),
  used: perBudget('llm_budget_quota_used'),
} as const;

const threshold = perBudget('llm_budget_threshold_ratio');
export const thresholdTable = {
  threshold,
  /** Negative once it is reached. */
  left: `${threshold} - on (${BUDGET.join(', ')}) group_left () ${used}`,
} as const;

export const answersPerSecond = sum(['budget', 'decision'], rate(chosen('llm_budget_decisions_total')));
export const reservedUsd = perBudget('llm_budget_reserved_usd');

const consumedPerSecond = (...matchers: readonly string[]) =>
  `${sum([...BUDGET, 'unit'], `increase(${chosen('llm_budget_consumed_total', ...matchers)}[1h])`)} / 3600`;
const periodSeconds = `(${perBudget('llm_budget_period_end_timestamp_seconds')} - ${perBudget('llm_budget_period_start_timestamp_seconds')})`;
const joined = `on (${BUDGET.join(', ')}) group_left ()`;
/** How many times as fast as the limit spread evenly over the period allows, over the last hour. */
export const burnRate = {
  usd: `${consumedPerSecond('unit="usd"')} * ${joined} ${periodSeconds} / ${joined} ${usdTable.limit}`,
  others: `${consumedPerSecond('unit!="usd"')} * ${joined} ${periodSeconds} / ${quotaTable.limit}`,
} as const;

export const subjectTable = {
  subjects: perBudget('llm_budget_subjects'),
  overLimit: perBudget('llm_budget_subjects_over_limit'),
} as const;
/** Rows of one subject are those of a budget that says how many it has. */
export const topSubjects = descending(`topk(20, ${used} and on (budget) ${chosen('llm_budget_subjects')})`);
