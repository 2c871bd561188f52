import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_PERIOD, BUDGET_RATE, BURN, BURN_WINDOWS, type BurnWindow } from '../recording/budget-burn.ts';
import { BUDGET, BUDGET_LABELS, LIMIT, PERIOD } from './budget.ts';

export interface Tier {
  readonly rate: number;
  readonly long: LongWindow;
  readonly short: BurnWindow;
}

type LongWindow = keyof typeof SHORTEST_PERIOD_DAYS;

/**
 * Shortest period, in days, in which a burn at the default rate through the whole window leaves three quarters of the
 * limit: 4 × rate × window, 14.4 for an hour rounded up. In a shorter one the alert would come no sooner than the
 * budget's first thresholds (a day's budget is gone after 1 h 40 min at 14.4), and those say it better.
 */
export const SHORTEST_PERIOD_DAYS = { '1h': 3, '6h': 6, '1d': 12, '3d': 18 } as const;

/** Too fast over the long window, and still so over the short one. */
function now({ rate, long, short }: Tier): string[] {
  return [`${BURN[long].record} > ${rate}`, `${BURN[short].record} > ${rate}`];
}

/**
 * Faster than planned, after it was too fast: over the short window in the last day, over the long one in the last two
 * days and by the plan of now, so that a limit that is raised counts at once (one that is lowered, as of now).
 */
function forDays({ rate, long, short }: Tier): string[] {
  return [
    `${BURN[long].record} > 1`,
    `max_over_time(${BURN[long].record}[2d]) * min_over_time(${BUDGET_RATE.record}[2d]) / ${BUDGET_RATE.record} > ${rate}`,
    `max_over_time(${BURN[short].record}[1d]) > ${rate}`,
  ];
}

/** What burns so, in a period that is long for it, and by more than pocket money. */
function burns(
  so: readonly string[],
  { long }: Tier,
  { budget_minimum_usd, budget_minimum_ratio }: AlertThresholds,
): string {
  const burn = BURN[long].record;
  const seconds = BURN_WINDOWS[long];
  const isLong = `on (${BUDGET_LABELS}) ${BUDGET_PERIOD.record} >= ${SHORTEST_PERIOD_DAYS[long]} * 86400`;
  const isMuch = promql`
    (
      ${seconds} * ${burn}{unit="usd"} * ${BUDGET_RATE.record} > ${budget_minimum_usd}
      or
      ${burn}{unit!="usd"} * on (${BUDGET_LABELS}) group_left () (${seconds} / ${BUDGET_PERIOD.record}) > ${budget_minimum_ratio}
    )`;
  return [...so, isLong, isMuch].join('\nand ');
}

const DESCRIPTION = `Spent {{ $value | printf "%.1f" }} times as fast as ${LIMIT} a ${PERIOD} allows.`;

export function budgetBurnRateCritical(thresholds: AlertThresholds): Alert {
  const { burn_rate_1h, burn_rate_6h } = thresholds;
  const tiers: readonly Tier[] = [
    { rate: burn_rate_1h, long: '1h', short: '5m' },
    { rate: burn_rate_6h, long: '6h', short: '30m' },
  ];
  return {
    alert: 'BudgetBurnRateCritical',
    comment: `A budget is spent many times as fast as planned, where 1 is its limit spread evenly over the period: 14.4 for an
hour is 2 % of a month of 30 days, 6 for six hours 5 %. The short window lets go soon after the spending stops. The hour
is for periods of 3 days and more, six hours for a week and more: in shorter ones too much is gone by then.`,
    expr: tiers.map((tier) => burns(now(tier), tier, thresholds)).join('\nor\n'),
    forSeconds: 120,
    keepFiringForSeconds: 600,
    severity: 'critical',
    summary: `Budget ${BUDGET} is being spent far too fast`,
    description: DESCRIPTION,
    dashboard: 'llm-cost-budgets',
  };
}

export function budgetBurnRateWarning(thresholds: AlertThresholds): Alert {
  const { burn_rate_1d, burn_rate_3d } = thresholds;
  const tiers: readonly Tier[] = [
    { rate: burn_rate_1d, long: '1d', short: '2h' },
    { rate: burn_rate_3d, long: '3d', short: '6h' },
  ];
  return {
    alert: 'BudgetBurnRateWarning',
    comment: `The slow kind: 3 for a day is 10 % of a month of 30 days, 1.5 for three days 15 %. Office hours alone make 1.4 to
3.4 of an even rate, but not for three days. What came before the first scrape is not in it. For periods of 12 and of 18
days and more. Quiet nights do not end it: it goes on until the long window is within the plan, or no short window was
too fast for a day, or the long one was not for two. A higher limit, raised or of a new period, counts at once.`,
    expr: tiers.map((tier) => burns(forDays(tier), tier, thresholds)).join('\nor\n'),
    forSeconds: 900,
    keepFiringForSeconds: 1800,
    severity: 'warning',
    summary: `Budget ${BUDGET} is being spent too fast`,
    description: DESCRIPTION,
    dashboard: 'llm-cost-budgets',
  };
}
