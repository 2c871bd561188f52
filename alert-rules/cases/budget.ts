import { DAY, type Firing } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

type Labels = Readonly<Record<string, string>>;
type Budget = Labels & { readonly budget: string; readonly scope_id: string };

export const ORGANIZATION = { budget: 'organization', scope: 'organization', scope_id: '' };
export const TENANT_ACME = { budget: 'tenant:acme', scope: 'tenant', scope_id: 'acme' };
/** 5M tokens of a team's model, over the last 30 days. */
export const TEAM_TOKENS = {
  budget: 'search-gpt',
  scope: 'team+model',
  scope_id: 'search/gpt-4o',
  period: 'rolling_30d',
};
export const TOKEN_LIMIT = 5e6;

interface Use {
  readonly limit: number;
  readonly spent: number;
  readonly ratio?: number;
}

/** The gauges of one budget in USD for `count` scrapes. */
export function budgetSeries(
  target: Labels,
  { limit, spent, ratio = spent / limit }: Use,
  count: number,
): Record<string, string> {
  return {
    [scraped('llm_budget_limit_usd', target)]: flat(limit, count),
    [scraped('llm_budget_spent_usd', target)]: flat(spent, count),
    [scraped('llm_budget_used_ratio', target)]: flat(ratio, count),
  };
}

/** The gauges of a budget in tokens. */
export function tokenSeries(target: Labels, usedRatio: number, count: number): Record<string, string> {
  const inTokens = { ...target, unit: 'tokens' };
  return {
    [scraped('llm_budget_quota_limit', inTokens)]: flat(TOKEN_LIMIT, count),
    [scraped('llm_budget_quota_used', inTokens)]: flat(TOKEN_LIMIT * usedRatio, count),
    [scraped('llm_budget_used_ratio', target)]: flat(usedRatio, count),
  };
}

/** What a budget of $1 an hour plans with: a limit and a period, for `count` scrapes. */
export function planSeries(target: Labels, count: number, periodDays = 30): Record<string, string> {
  return {
    [scraped('llm_budget_limit_usd', target)]: flat(24 * periodDays, count),
    ...periodSeries(target, count, periodDays),
  };
}

/** A period that began in 1970. */
export function periodSeries(target: Labels, count: number, days: number): Record<string, string> {
  return {
    [scraped('llm_budget_period_start_timestamp_seconds', target)]: flat(0, count),
    [scraped('llm_budget_period_end_timestamp_seconds', target)]: flat(days * DAY, count),
  };
}

export const PLAN_LIMIT_USD = 30 * 24;

/** Labels of a budget's alert: the budget's own, its job, whose it is where it has one, and never an instance. */
export function budgetLabels(budget: Labels, job: string = TARGET.job): Record<string, string> {
  const { scope_id = '', ...rest } = budget;
  return { job, period: 'month', ...rest, ...(scope_id === '' ? {} : { scope_id }) };
}

/** As summaries name it. */
export function budgetName({ budget, scope_id }: Budget): string {
  return scope_id === '' ? budget : `${budget} (${scope_id})`;
}

/** 1.25 as the templates print it. */
export function percentage(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}

export function spentFiring(budget: Budget, use: Use, ending: string, job?: string): Firing {
  const { limit, spent, ratio = spent / limit } = use;
  return {
    labels: budgetLabels(budget, job),
    summary: `Budget ${budgetName(budget)} is ${ending}`,
    description: `$${spent.toFixed(2)} of $${limit.toFixed(2)} spent this month (${percentage(ratio)}).`,
  };
}

/** Of `TEAM_TOKENS`, used by a ratio that leaves whole millions. */
export function tokensFiring(usedRatio: number, ending: string): Firing {
  return {
    labels: budgetLabels(TEAM_TOKENS),
    summary: `Budget ${budgetName(TEAM_TOKENS)} is ${ending}`,
    description: `${tokensUsed(usedRatio)} used this period of 30 days (${percentage(usedRatio)}).`,
  };
}

export function tokensUsed(usedRatio: number): string {
  return `${Number(((TOKEN_LIMIT * usedRatio) / 1e6).toPrecision(4))}M of 5M tokens`;
}
