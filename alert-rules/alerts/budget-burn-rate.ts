import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_RATE, BURN, BURN_WINDOWS, type BurnWindow } from '../recording/budget-burn.ts';
import { budgetUsd } from './budget.ts';

interface Tier {
  readonly rate: number;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
}

/** Too fast over the long window, still so over the short one, and by more than pocket money. */
function burns({ rate, long, short }: Tier, minimumUsd: number): string {
  const burn = BURN[long].record;
  return promql`
    ${burn} > ${rate}
    and ${BURN[short].record} > ${rate}
    and ${BURN_WINDOWS[long]} * ${burn} * ${BUDGET_RATE.record} > ${minimumUsd}`;
}

const DESCRIPTION = `Spent {{ $value | printf "%.1f" }} times as fast as ${budgetUsd('llm_budget_limit_usd')} a {{ $labels.period }} allows.`;

export function budgetBurnRateCritical(thresholds: AlertThresholds): Alert {
  const { burn_rate_1h, burn_rate_6h, budget_minimum_usd } = thresholds;
  return {
    alert: 'BudgetBurnRateCritical',
    comment: `A budget is spent many times as fast as planned, where 1 is its limit spread evenly over the period: 14.4 for an
hour is 2 % of a month of 30 days, 6 for six hours 5 %. The short window lets go soon after the spending stops.`,
    expr: [
      burns({ rate: burn_rate_1h, long: '1h', short: '5m' }, budget_minimum_usd),
      burns({ rate: burn_rate_6h, long: '6h', short: '30m' }, budget_minimum_usd),
    ].join('\nor\n'),
    forSeconds: 120,
    keepFiringForSeconds: 600,
    severity: 'critical',
    summary: 'Budget {{ $labels.budget }} is being spent far too fast',
    description: DESCRIPTION,
    dashboard: 'llm-cost-overview',
  };
}

export function budgetBurnRateWarning(thresholds: AlertThresholds): Alert {
  const { burn_rate_1d, burn_rate_3d, budget_minimum_usd } = thresholds;
  return {
    alert: 'BudgetBurnRateWarning',
    comment: `The slow kind: 3 for a day is 10 % of a month of 30 days, 1.5 for three days 15 %. Office hours alone make 1.4 to
3.4 of an even rate, but not for three days. What came before the first scrape is not in it.`,
    expr: [
      burns({ rate: burn_rate_1d, long: '1d', short: '2h' }, budget_minimum_usd),
      burns({ rate: burn_rate_3d, long: '3d', short: '6h' }, budget_minimum_usd),
    ].join('\nor\n'),
    forSeconds: 900,
    keepFiringForSeconds: 1800,
    severity: 'warning',
    summary: 'Budget {{ $labels.budget }} is being spent too fast',
    description: DESCRIPTION,
    dashboard: 'llm-cost-overview',
  };
}
