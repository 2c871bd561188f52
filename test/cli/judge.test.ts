import { expect, test } from 'vitest';
import { type BudgetPeriod, BudgetPeriods } from '../../exporter/cli/backtest/budget-periods.ts';
import { judge } from '../../exporter/cli/backtest/judge.ts';
import type { Firing } from '../../exporter/cli/backtest/run-backtest.ts';
import type { BudgetDefinition, BudgetStatus } from '../../exporter/domain/budget.ts';
import type { Period, PeriodSpec } from '../../exporter/domain/period.ts';

const DAY_MS = 86_400_000;
const FIRST: Period = { startMs: 0, endMs: 10 * DAY_MS };
const SECOND: Period = { startMs: 10 * DAY_MS, endMs: 20 * DAY_MS };
const DAY: PeriodSpec = { kind: 'day' };

function definition(name: string, period: PeriodSpec = DAY): BudgetDefinition {
  return {
    name,
    scope: [],
    each: undefined,
    unit: 'usd',
    period,
    timeZone: 'UTC',
    limitAmount: 100,
    thresholds: [],
    isHard: false,
    throttleRatio: undefined,
    rollover: undefined,
    override: undefined,
  };
}

function status(name: string, period: Period, spentAmount: number, spec?: PeriodSpec): BudgetStatus {
  return {
    definition: definition(name, spec),
    subject: undefined,
    period,
    limitAmount: 100,
    spentAmount,
    reservedAmount: 0,
    remainingAmount: 100 - spentAmount,
    usedRatio: spentAmount / 100,
    forecast: undefined,
    exhaustion: { earliestMs: undefined, midMs: undefined, latestMs: undefined },
  };
}

/** `spent` by day. */
function periodsOf(name: string, spent: readonly (readonly [day: number, amount: number])[], toDay: number) {
  const periods = new BudgetPeriods(0);
  for (const [day, amount] of spent)
    periods.see(day * DAY_MS, [status(name, day < 10 ? FIRST : SECOND, amount)]);
  return periods.list(toDay * DAY_MS);
}

function firing(alert: string, firedDay: number, labels: Readonly<Record<string, string>>): Firing {
  const rule = {
    alert,
    expression: '',
    labels: {},
    annotations: {},
    intervalMs: 60_000,
    holdMs: 0,
    keepFiringMs: 0,
  };
  const firedMs = firedDay * DAY_MS;
  return {
    pendingMs: firedMs,
    firedMs,
    resolvedMs: firedMs + DAY_MS,
    labels: { ...labels, alertname: alert },
    rule,
  };
}

const ABOUT_A = { budget: 'a', scope: 'organization', scope_id: '', period: 'day' };

test('an overrun knows what came before it and how early, and what came after', () => {
  const periods = periodsOf(
    'a',
    [
      [1, 50],
      [5, 100],
      [6, 101],
      [9, 150],
      [10, 0],
      [12, 20],
    ],
    20,
  );
  expect(periods).toMatchObject([
    { labels: ABOUT_A, overrunMs: 6 * DAY_MS, spentAmount: 150, isOver: true },
    { overrunMs: undefined, spentAmount: 20, isOver: true },
  ]);
  const { overruns, worths } = judge({
    periods,
    firings: [
      firing('Forecast', 2, ABOUT_A),
      firing('Forecast', 4, ABOUT_A),
      firing('Burn', 3, { budget: 'a', unit: 'usd' }),
      firing('Burn', 3, { budget: 'b' }),
      firing('Exceeded', 7, ABOUT_A),
      firing('Forecast', 11, ABOUT_A),
      firing('Spike', 5, { job: 'x' }),
    ],
  });
  expect(overruns).toMatchObject([
    {
      isQuiet: false,
      leads: [
        { alert: 'Forecast', leadMs: 4 * DAY_MS },
        { alert: 'Burn', leadMs: 3 * DAY_MS },
        { alert: 'Exceeded', leadMs: -DAY_MS },
      ],
    },
  ]);
  expect(worths).toEqual([
    { alert: 'Forecast', firings: 3, rightly: 2, inVain: 1, open: 0, aheadOf: 1 },
    { alert: 'Burn', firings: 2, rightly: 1, inVain: 0, open: 0, aheadOf: 1 },
    { alert: 'Exceeded', firings: 1, rightly: 1, inVain: 0, open: 0, aheadOf: 0 },
    { alert: 'Spike', firings: 1, rightly: 0, inVain: 0, open: 0, aheadOf: 0 },
  ]);
});

test('without an alert before it an overrun is quiet; of a period that is not over nothing was in vain', () => {
  const periods = periodsOf(
    'a',
    [
      [1, 50],
      [6, 101],
      [10, 0],
      [12, 20],
    ],
    15,
  );
  const { overruns, worths } = judge({
    periods,
    firings: [firing('Exceeded', 6.5, ABOUT_A), firing('Forecast', 11, ABOUT_A)],
  });
  expect(overruns).toMatchObject([{ isQuiet: true, leads: [{ alert: 'Exceeded', leadMs: -DAY_MS / 2 }] }]);
  expect(worths).toMatchObject([{ alert: 'Exceeded' }, { alert: 'Forecast', inVain: 0, open: 1 }]);
});

test('what was overrun when the replay began has no lead', () => {
  const periods = new BudgetPeriods(3 * DAY_MS);
  for (const day of [1, 2, 3, 4]) periods.see(day * DAY_MS, [status('a', FIRST, 120)]);
  const list = periods.list(5 * DAY_MS);
  expect(list).toMatchObject([{ beganOverrun: true, isOver: false }]);
  expect(judge({ periods: list, firings: [] }).overruns).toEqual([]);
});

test('periods that are over before the time that is looked at are forgotten', () => {
  const periods = new BudgetPeriods(10 * DAY_MS);
  periods.see(DAY_MS, [status('a', FIRST, 120)]);
  periods.see(11 * DAY_MS, [status('a', SECOND, 1)]);
  expect(periods.list(20 * DAY_MS)).toMatchObject([{ period: SECOND }]);
});

test('a rolling budget is told in times above its limit', () => {
  const spec: PeriodSpec = { kind: 'rolling', days: 7 };
  const periods = new BudgetPeriods(0);
  const spent = [10, 90, 110, 120, 90, 130];
  spent.forEach((amount, day) => {
    const window = { startMs: (day - 6) * DAY_MS, endMs: (day + 1) * DAY_MS };
    periods.see(day * DAY_MS, [status('r', window, amount, spec)]);
  });
  const seen = periods
    .list(6 * DAY_MS)
    .map(({ period, overrunMs }: BudgetPeriod) => [period.startMs, overrunMs]);
  expect(seen).toEqual([
    [0, 2 * DAY_MS],
    [4 * DAY_MS, 5 * DAY_MS],
  ]);
});
