import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { lines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { BUDGET_SHARE, FORECAST_SHARE } from '../lib/thresholds.ts';
import { overview } from '../queries/budgets.ts';

const SCOPE =
  "The tenant variable picks a tenant's budget; the model and environment variables do not apply.";
const NONE = 'no budget configured';

export function budgetUsed() {
  return bars(
    {
      id: 21,
      title: 'Budget used',
      description: `Spent by limit in the current period: 100 % is all of it. ${SCOPE}`,
      unit: units.PercentUnit,
      decimals: 1,
      width: 7,
      height: 8,
      noValue: NONE,
    },
    '{{budget}} {{scope_id}}',
    overview.usedRatio,
    BUDGET_SHARE,
  ).max(1);
}

export function budgetRemaining() {
  return bars(
    {
      id: 22,
      title: 'Budget remaining',
      description: `Limit less spent in the current period, of budgets in USD. Below zero is overspent. ${SCOPE}`,
      unit: units.Dollars,
      decimals: 2,
      width: 6,
      height: 8,
      noValue: NONE,
    },
    '{{budget}} {{scope_id}}',
    overview.remainingUsd,
    ['red', [0, 'green']],
  );
}

export function forecastOfLimit() {
  return bars(
    {
      id: 23,
      title: 'Forecast by limit',
      description: `Expected use at the end of the period by the limit. Absent while too little is known to say. ${SCOPE}`,
      unit: units.PercentUnit,
      decimals: 1,
      width: 7,
      height: 8,
      noValue: 'too little is known yet',
    },
    '{{budget}} {{scope_id}}',
    overview.forecastRatio,
    FORECAST_SHARE,
  );
}

export function firstExhaustion() {
  return stat(
    {
      id: 24,
      title: 'First budget runs out',
      description:
        'The earliest moment at which one of the chosen budgets is spent, at the forecast rate. The past means that it already is.',
      unit: units.DateTimeFromNow,
      width: 4,
      height: 8,
      noValue: 'none in this period',
    },
    overview.firstExhaustionMs,
    { steps: ['orange'] },
  );
}

export function forecast() {
  return lines(
    {
      id: 25,
      title: 'Spent, forecast and limit',
      description: `Spent so far, what is expected at the end of the period, and the limit, of budgets in USD. ${SCOPE}`,
      unit: units.Dollars,
      width: 10,
      height: 9,
      noValue: NONE,
    },
    {
      '{{budget}} {{scope_id}} spent': overview.spent,
      '{{budget}} {{scope_id}} forecast': overview.forecast,
      '{{budget}} {{scope_id}} limit': overview.limit,
    },
  )
    .overrideByRegexp('/ limit$/', [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } }])
    .overrideByRegexp('/ forecast$/', [{ id: 'custom.lineStyle', value: { fill: 'dot', dash: [0, 8] } }]);
}

export function budgetTable() {
  const { limit, spent, remaining, used, forecast: expected, exhaustion, periodEnd } = overview;
  const usd = { unit: units.Dollars, decimals: 2 } as const;
  return table(
    {
      id: 26,
      title: 'Budgets',
      description: `Every budget of the current period, with sums where it is in USD. An empty "Runs out" means that it will not. ${SCOPE}`,
      unit: units.Short,
      width: 14,
      height: 9,
      noValue: NONE,
    },
    {
      labels: { budget: 'Budget', scope: 'Scope', scope_id: 'Whose', period: 'Period' },
      values: [
        { name: 'limit', title: 'Limit', expr: limit, ...usd },
        { name: 'spent', title: 'Spent', expr: spent, ...usd },
        { name: 'remaining', title: 'Remaining', expr: remaining, ...usd, steps: ['red', [0, 'green']] },
        {
          name: 'used',
          title: 'Used',
          expr: used,
          unit: units.PercentUnit,
          decimals: 1,
          steps: BUDGET_SHARE,
        },
        { name: 'forecast', title: 'Forecast', expr: expected, ...usd },
        { name: 'exhaustion', title: 'Runs out', expr: exhaustion, unit: units.DatetimeISO },
        { name: 'periodEnd', title: 'Period ends', expr: periodEnd, unit: units.DatetimeISO },
      ],
      sortBy: 'Used',
    },
  );
}
