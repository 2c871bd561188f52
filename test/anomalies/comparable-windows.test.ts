import { expect, test } from 'vitest';
import { comparableWindows } from '../../exporter/anomalies/index.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { endOf, expectation, hourly, START_MS } from './given.ts';

const DAY_HOURS = 24;

/** Days from the window back to each that it is compared with. */
function daysAgo(days: number, usdAt: (daysAgo: number) => number, window: '1h' | '1d' = '1h'): number[] {
  const series = hourly(days, (hour) => usdAt(days - 1 - Math.floor(hour / DAY_HOURS)));
  const { own, usual } = comparableWindows(series, expectation(50, days * DAY_HOURS, window));
  const hours = window === '1h' ? 1 : DAY_HOURS;
  expect(own).toEqual({ startMs: endOf(series) - hours * HOUR_MS, endMs: endOf(series) });
  for (const { startMs, endMs } of usual) {
    expect(endMs - startMs).toBe(hours * HOUR_MS);
    expect(startMs).toBeGreaterThanOrEqual(START_MS);
  }
  return usual.map(({ endMs }) => (own.endMs - endMs) / (DAY_HOURS * HOUR_MS));
}

test.each([
  ['the same hours of the weeks before, where all days are alike', 35, () => 10, [7, 14, 21]],
  ['not a day that was odd itself', 35, (ago: number) => (ago === 14 ? 90 : 10), [7, 21, 28]],
  ['the days before, where the history is short', 4, () => 10, [1, 2, 3]],
  ['as many as there are', 2, () => 10, [1]],
] as const)('a window is compared with %s', (_, days, usdAt, expected) => {
  expect(daysAgo(days, usdAt)).toEqual(expected);
});

test('and a day with whole days', () => {
  expect(daysAgo(9, () => 10, '1d')).toEqual([7, 1, 2]);
});
