import { expect, test } from 'vitest';
import { secondsToNextLook } from '../../exporter/bills/next-look.ts';
import { retryAfterSeconds } from '../../exporter/bills/retry-after.ts';
import { daysOf, trailingDays } from '../../exporter/bills/utc-days.ts';
import { NOW_MS } from '../support/charges.ts';

test.each([
  ['0', 0],
  [' 120 ', 120],
  [new Date(NOW_MS + 90_000).toUTCString(), 90],
  [new Date(NOW_MS - 90_000).toUTCString(), 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %s is %s s', (header, seconds) => {
  expect(retryAfterSeconds(header, NOW_MS)).toBe(seconds);
});

test.each([
  { interval: 3600, failures: 0, retryAfter: undefined, seconds: 3600 },
  { interval: 3600, failures: 1, retryAfter: undefined, seconds: 60 },
  { interval: 3600, failures: 3, retryAfter: undefined, seconds: 240 },
  { interval: 3600, failures: 50, retryAfter: undefined, seconds: 3600 },
  { interval: 60, failures: 9, retryAfter: undefined, seconds: 60 },
  { interval: 3600, failures: 1, retryAfter: 5, seconds: 60 },
  { interval: 3600, failures: 1, retryAfter: 500, seconds: 500 },
  { interval: 3600, failures: 1, retryAfter: 7200, seconds: 7200 },
  { interval: 3600, failures: 1, retryAfter: 1e9, seconds: 86_400 },
])('after $failures failures, asked to wait $retryAfter: $seconds s', (row) => {
  expect(secondsToNextLook(row.interval, row.failures, row.retryAfter)).toBe(row.seconds);
});

test('trailing days are UTC days and end with the one of now', () => {
  const midnight = Date.UTC(2026, 10, 21);
  const window = { fromMs: Date.UTC(2026, 10, 19), toMs: Date.UTC(2026, 10, 22) };
  expect(trailingDays(midnight, 3)).toEqual(window);
  expect(trailingDays(midnight + 86_399_999, 3)).toEqual(window);
  expect(daysOf(window)).toEqual([19, 20, 21].map((day) => Date.UTC(2026, 10, day)));
});
