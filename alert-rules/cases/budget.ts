import { DAY, type Firing } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

type Labels = Readonly<Record<string, string>>;

export const ORGANIZATION = { budget: 'organization', scope: 'organization', scope_id: '' };
export const TENANT_ACME = { budget: 'tenant:acme', scope: 'tenant', scope_id: 'acme' };

/** The gauges of one budget for `count` scrapes. */
export function budgetSeries(
  target: Labels,
  { limit, spent, ratio = spent / limit }: { limit: number; spent: number; ratio?: number },
  count: number,
): Record<string, string> {
  return {
    [scraped('llm_budget_limit_usd', target)]: flat(limit, count),
    [scraped('llm_budget_spent_usd', target)]: flat(spent, count),
    [scraped('llm_budget_used_ratio', target)]: flat(ratio, count),
  };
}

/** What a budget of $1 an hour plans with: a limit and a period of 30 days, for `count` scrapes. */
export function planSeries(target: Labels, count: number): Record<string, string> {
  return {
    [scraped('llm_budget_limit_usd', target)]: flat(PLAN_LIMIT_USD, count),
    [scraped('llm_budget_period_start_timestamp_seconds', target)]: flat(0, count),
    [scraped('llm_budget_period_end_timestamp_seconds', target)]: flat(30 * DAY, count),
  };
}
export const PLAN_LIMIT_USD = 30 * 24;

/** Labels of a budget's alert: the budget's own, its job, the tenant where it has one, and never an instance. */
export function budgetLabels(budget: Labels, job: string = TARGET.job): Record<string, string> {
  const { scope_id = '', ...rest } = budget;
  return { job, ...rest, period: 'month', ...(scope_id === '' ? {} : { scope_id }) };
}

/** 1.25 as the templates print it. */
function percentage(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}

export function spentFiring(
  budget: Labels & { budget: string },
  { limit, spent, ratio = spent / limit }: { limit: number; spent: number; ratio?: number },
  ending: string,
  job?: string,
): Firing {
  return {
    labels: budgetLabels(budget, job),
    summary: `Budget ${budget.budget} is ${ending}`,
    description: `$${spent.toFixed(2)} of $${limit.toFixed(2)} spent this month (${percentage(ratio)}).`,
  };
}
