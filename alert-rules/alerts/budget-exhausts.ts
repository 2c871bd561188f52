import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { BUDGET_PERIOD } from '../recording/budget-burn.ts';
import { BUDGET, BUDGET_LABELS, PERIOD, PERIOD_LASTS_A_DAY, USED_OF_LIMIT } from './budget.ts';

const DATE = 'llm_budget_exhaustion_timestamp_seconds';
const END = `max by (${BUDGET_LABELS}) (llm_budget_period_end_timestamp_seconds)`;

export function budgetExhausts({ exhaustion_lead_days, budget_minimum_usd }: AlertThresholds): Alert {
  const wellBefore = `(${END} - clamp_max(${BUDGET_PERIOD.record} / 3, ${exhaustion_lead_days} * 86400))`;
  return {
    alert: 'BudgetExhaustsBeforePeriodEnd',
    comment: `By the forecast the limit is reached well before the period ends: by the lead, or by a third of a period that is
shorter than three of it. Without a forecast, or where the budget lasts, there is no date and it is silent. It goes on
once the limit is reached, as BudgetWarning does. The least sum is for budgets in USD, which alone have one.
A date sways with its forecast: once it was so early for a quarter of an hour the alert goes on until the date is gone or
after the end, or was not so early for a day. In the first day of a period only that moment's date counts.`,
    expr: promql`
      (
        max by (${BUDGET_LABELS}) (${DATE}) < ${wellBefore}
        or
        (
          max by (${BUDGET_LABELS}) (${DATE}) < ${END}
          and max by (${BUDGET_LABELS}) (min_over_time(max_over_time(${DATE}[15m])[1d:15m])) < ${wellBefore}
          and ${PERIOD_LASTS_A_DAY}
        )
      )
      unless
      max by (${BUDGET_LABELS}) (llm_budget_spent_usd) <= ${budget_minimum_usd}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `Budget ${BUDGET} will not last its ${PERIOD}`,
    description: `${USED_OF_LIMIT}; at the forecast rate the rest is gone on {{ $value | humanizeTimestamp }}.`,
    dashboard: 'llm-cost-budgets',
  };
}
