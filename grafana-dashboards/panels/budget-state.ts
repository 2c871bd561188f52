import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { lines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { BUDGET_SHARE, FORECAST_SHARE, ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as budgets from '../queries/budgets.ts';

const NONE = 'no budget';
const NUMBER = {
  unit: units.Short,
  decimals: 0,
  width: 4,
  height: 5,
  noValue: 'no exporter answers',
} as const;
const SHARE = { unit: units.PercentUnit, decimals: 1 } as const;
const USD = { unit: units.Dollars, decimals: 2 } as const;
const LABELS = { budget: 'Budget', scope: 'Scope', scope_id: 'Whose', period: 'Period' };
const ONE_BUDGET = '{{budget}} {{scope_id}}';

export function overLimit() {
  return stat(
    {
      ...NUMBER,
      id: 11,
      title: 'Budgets overspent',
      description:
        'Budgets, and top subjects of budgets for each of something, that are over their limit now.',
    },
    budgets.overLimit,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function runOut() {
  return stat(
    {
      ...NUMBER,
      id: 12,
      title: 'Budgets that will not last',
      description:
        'Budgets that reach their limit before their period ends, by the forecast, or already have.',
    },
    budgets.runOut,
    { steps: ['green', [0.01, 'orange']] },
  );
}

export function firstExhaustion() {
  return stat(
    {
      id: 13,
      title: 'First to run out',
      description:
        'The earliest moment at which one of the chosen budgets is used up, by the forecast. The past means that it already is.',
      unit: units.DateTimeFromNow,
      width: 4,
      height: 5,
      noValue: 'none in this period',
    },
    budgets.firstExhaustionMs,
    { steps: ['orange'] },
  );
}

export function used() {
  return bars(
    {
      ...SHARE,
      id: 21,
      title: 'Used of the limit',
      description: 'Used in the current period by the limit, in whatever unit: 100 % is all of it.',
      width: 8,
      height: 9,
      noValue: NONE,
    },
    ONE_BUDGET,
    budgets.usedRatioByBudget,
    BUDGET_SHARE,
  ).max(1);
}

export function usedOverTime() {
  return lines(
    {
      ...SHARE,
      id: 22,
      title: 'Used of the limit over time',
      description: 'The same over time. It falls where a period ends or a limit is raised.',
      width: 16,
      height: 9,
      noValue: NONE,
    },
    { [ONE_BUDGET]: budgets.usedRatio },
  );
}

export function periodTable() {
  const { lower, middle, upper, earliest, exhaustion, latest, periodEnd } = budgets.periodTable;
  const date = { unit: units.DatetimeISO } as const;
  return table(
    {
      id: 23,
      title: 'How the period will end',
      description:
        'Used and forecast by the limit, with the 90 % band where history says how wrong the forecast is. An empty "Runs out" means that it will not, or that too little is known.',
      unit: units.Short,
      width: 24,
      height: 9,
      noValue: NONE,
    },
    {
      labels: LABELS,
      values: [
        { name: 'used', title: 'Used', expr: budgets.periodTable.used, ...SHARE, steps: BUDGET_SHARE },
        { name: 'lower', title: 'Forecast, at least', expr: lower, ...SHARE },
        { name: 'middle', title: 'Forecast', expr: middle, ...SHARE, steps: FORECAST_SHARE },
        { name: 'upper', title: 'Forecast, at most', expr: upper, ...SHARE },
        { name: 'earliest', title: 'Runs out, earliest', expr: earliest, ...date },
        { name: 'exhaustion', title: 'Runs out', expr: exhaustion, ...date },
        { name: 'latest', title: 'Runs out, latest', expr: latest, ...date },
        { name: 'periodEnd', title: 'Period ends', expr: periodEnd, ...date },
      ],
      sortBy: 'Used',
    },
  );
}

export function usdTable() {
  const { limit, spent, reserved, remaining, lower, middle, upper } = budgets.usdTable;
  return table(
    {
      id: 24,
      title: 'Budgets in USD',
      description:
        'Sums of the current period. Reserved is promised to calls under way, and comes on top of spent.',
      unit: units.Short,
      width: 16,
      height: 8,
      noValue: 'no budget in USD',
    },
    {
      labels: LABELS,
      values: [
        { name: 'limit', title: 'Limit', expr: limit, ...USD },
        { name: 'spent', title: 'Spent', expr: spent, ...USD },
        { name: 'reserved', title: 'Reserved', expr: reserved, ...USD },
        { name: 'remaining', title: 'Remaining', expr: remaining, ...USD, steps: ['red', [0, 'green']] },
        { name: 'lower', title: 'Forecast, at least', expr: lower, ...USD },
        { name: 'middle', title: 'Forecast', expr: middle, ...USD },
        { name: 'upper', title: 'Forecast, at most', expr: upper, ...USD },
      ],
      sortBy: 'Spent',
    },
  );
}

export function quotaTable() {
  return table(
    {
      id: 25,
      title: 'Budgets in tokens, calls and GPU-hours',
      description: 'Limit and use of the current period, each in its own unit.',
      unit: units.Short,
      width: 8,
      height: 8,
      noValue: 'no such budget',
    },
    {
      labels: { ...LABELS, unit: 'Unit' },
      values: [
        { name: 'limit', title: 'Limit', expr: budgets.quotaTable.limit, unit: units.Short },
        { name: 'used', title: 'Used', expr: budgets.quotaTable.used, unit: units.Short },
      ],
      sortBy: 'Used',
    },
  );
}

export function forecastOverTime() {
  return lines(
    {
      ...SHARE,
      id: 31,
      title: 'Forecast by limit, with its band',
      description:
        'What was expected of the end of the period, at each moment, and the 90 % band. A band that does not narrow says that the use is hard to tell.',
      width: 12,
      height: 9,
      noValue: 'too little is known yet',
    },
    {
      [ONE_BUDGET]: budgets.forecastRatio('0.5'),
      [`${ONE_BUDGET} at least`]: budgets.forecastRatio('0.05'),
      [`${ONE_BUDGET} at most`]: budgets.forecastRatio('0.95'),
    },
  ).overrideByRegexp('/ at (least|most)$/', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
    { id: 'custom.lineWidth', value: 1 },
  ]);
}

export function burnRate() {
  return lines(
    {
      id: 32,
      title: 'Burn rate of the last hour',
      description:
        'How many times as fast as planned: at 1 the limit is used up exactly at the end of the period. Subjects of a budget for each of something are not in it.',
      unit: units.Short,
      decimals: 1,
      width: 12,
      height: 9,
      noValue: 'nothing counted',
    },
    { [ONE_BUDGET]: budgets.burnRate.usd, [`${ONE_BUDGET} {{unit}}`]: budgets.burnRate.others },
  );
}
