import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExpectationOptions, expectationOf, windowNow } from '../../exporter/anomalies/index.ts';
import type { AnomalyWindow, Expectation } from '../../exporter/domain/anomaly.ts';
import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import { endOf, hourly, START_MS, USD } from './given.ts';

const OPTIONS: ExpectationOptions = { timeZone: 'UTC', minimumNanoUsd: USD };

/** Of the last window, or of the one that ends so many hours before. */
function expected(
  series: HourlySeries,
  window: AnomalyWindow = '1h',
  { hoursBefore = 0, ...options }: Partial<ExpectationOptions> & { hoursBefore?: number } = {},
): Expectation {
  const found = expectationOf(series, window, endOf(series) - hoursBefore * HOUR_MS, {
    ...OPTIONS,
    ...options,
  });
  if ('kind' in found) throw new Error(`expected a band, got ${JSON.stringify(found)}`);
  return found;
}

const inUsd = ({ expected: { lower, mid, upper } }: Expectation) => [lower / USD, mid / USD, upper / USD];

/** 10 USD an hour, and what the last hour cost. */
const steady = (lastUsd = 10, days = 35) => hourly(days, (hour) => (hour === days * 24 - 1 ? lastUsd : 10));
const isOffice = (atMs: number) => {
  const at = new Date(atMs);
  const [day, hour] = [at.getUTCDay(), at.getUTCHours()];
  return day > 0 && day < 6 && hour >= 8 && hour < 18;
};

describe('the band', () => {
  test('of what is always the same is as wide as the least width', () => {
    expect(inUsd(expected(steady()))).toEqual([6, 10, 14]);
    expect(inUsd(expected(steady(), '1d'))).toEqual([168, 240, 312]);
  });

  test.each([
    [10, 0],
    [14, 1],
    [20, 2.5],
    [6, -1],
    [0, -2.5],
  ])('%d USD in an hour of 10 have the score %d', (usd, score) => {
    const found = expected(steady(usd));
    expect(found.costNanoUsd).toBe(usd * USD);
    expect(found.score).toBeCloseTo(score, 9);
  });

  test('is at least the least excess wide, so that cents are no alarm', () => {
    const cents = hourly(35, (hour) => (hour === 35 * 24 - 1 ? 0.9 : 0.01));
    expect(inUsd(expected(cents))).toEqual([0, 0.01, 1.01]);
    expect(expected(cents).score).toBeLessThan(1);
  });

  test('knows the hour of the day and the day of the week', () => {
    // Sunday 12:00, Monday 3:00 and Monday 12:00 of the sixth week.
    const atHours = [13, 28, 37].map((hour) => 34 * 24 + hour);
    const series = hourly(37, (_, atMs) => (isOffice(atMs) ? 10 : 0.1));
    const mids = atHours.map(
      (hour) => inUsd(expected({ ...series, amounts: series.amounts.subarray(0, hour) }))[1],
    );
    expect(mids[0]).toBeLessThan(1);
    expect(mids[1]).toBeLessThan(1);
    expect(mids[2]).toBeCloseTo(10, 0);
  });

  test('and the day of the week of a whole day', () => {
    const series = hourly(35, (_, atMs) => (isOffice(atMs) ? 10 : 0));
    const days = [0, 24, 48].map((hoursBefore) => inUsd(expected(series, '1d', { hoursBefore }))[1]);
    expect(days).toEqual([0, 0, 100]);
  });

  test('goes with the local clocks', () => {
    // On 25 October 2026 the clocks of Berlin went back: 9 o'clock is 7:00 UTC before and 8:00 UTC after.
    const change = Date.UTC(2026, 9, 25, 1);
    const nine = (atMs: number) => new Date(atMs).getUTCHours() === (atMs < change ? 7 : 8);
    const series = hourly(28, (_, atMs) => (nine(atMs) ? 50 : 1), Date.UTC(2026, 8, 30));
    const mids = (timeZone: string) =>
      [15, 16].map((hoursBefore) => inUsd(expected(series, '1h', { timeZone, hoursBefore }))[1]);
    expect(mids('Europe/Berlin')[0]).toBeGreaterThan(45);
    expect(mids('Europe/Berlin')[1]).toBeLessThan(5);
    expect(mids('UTC')[1]).toBeGreaterThan(mids('UTC')[0]!);
  });

  test.each([
    ['6 hours of 20 times as much', (hour: number) => hour >= 600 && hour < 606, 200],
    ['a day of nothing', (hour: number) => hour >= 600 && hour < 624, 0],
    ['yesterday ten times as much', (hour: number) => hour >= 34 * 24 - 1 && hour < 35 * 24 - 1, 100],
  ])('is not moved by %s', (_, isOdd, usd) => {
    const series = hourly(35, (hour) => (isOdd(hour) ? usd : 10));
    expect(inUsd(expected(series))).toEqual([6, 10, 14]);
  });

  test('takes a new level for usual on the fourth day', () => {
    const since = (days: number) => hourly(35, (hour) => (hour >= (35 - days) * 24 - 1 ? 30 : 10));
    expect(inUsd(expected(since(2)))[1]).toBeCloseTo(10, 9);
    expect(inUsd(expected(since(3)))[1]).toBeCloseTo(30, 9);
    expect(inUsd(expected(since(4), '1d', { hoursBefore: 1 }))[1]).toBeCloseTo(720, 9);
    expect(inUsd(expected(since(3), '1d', { hoursBefore: 1 }))[1]).toBeCloseTo(240, 9);
  });

  test('widens for what is never the same', () => {
    const series = hourly(35, (hour) => (hour % 17 === 0 ? 60 : 5));
    const { expected: band } = expected(series);
    expect(band.upper).toBeGreaterThan(60 * USD);
  });
});

describe('too little history', () => {
  test.each([
    ['an hour', '1h', hourly(3, () => 10), 72, 73],
    ['a day', '1d', hourly(7, () => 10), 168, 192],
    ['what did not cost before', '1h', hourly(35, (hour) => (hour < 34 * 24 ? 0 : 10)), 24, 73],
    ['what never cost', '1h', hourly(35, () => 0), 0, 73],
    ['an empty ledger', '1h', hourly(0, () => 0), 0, 73],
  ] as const)('is said of %s', (_, window, series, hours, neededHours) => {
    expect(expectationOf(series, window, endOf(series), OPTIONS)).toEqual({
      kind: 'too_little_history',
      hours,
      neededHours,
    });
  });

  test('it is enough an hour later, with a wide band and no lower bound', () => {
    expect(inUsd(expected(steady(10, 4)))).toEqual([0, 10, 20]);
  });

  test('the first Monday after a weekend is no spike, and the first weekend no drop', () => {
    const friday = START_MS + 4 * 24 * HOUR_MS;
    const series = hourly(4, (_, atMs) => (isOffice(atMs) ? 10 : 0.1), friday);
    for (let hoursBefore = 0; hoursBefore < 15; hoursBefore++)
      expect(expected(series, '1h', { hoursBefore }).score).toBeLessThanOrEqual(1);
    const week = hourly(13, (_, atMs) => (isOffice(atMs) ? 10 : 0));
    expect(inUsd(expected(week, '1d'))[0]).toBe(0);
  });
});

test('a window that does not end with an hour of the series is a mistake', () => {
  const series = steady();
  for (const endMs of [endOf(series) + HOUR_MS, endOf(series) - 1])
    expect(() => expectationOf(series, '1h', endMs, OPTIONS)).toThrow(
      `endMs: expected a whole hour up to the end of the series, got ${endMs}`,
    );
});

describe('the window now', () => {
  const at = (series: HourlySeries, minute: number) =>
    windowNow(series, '1h', endOf(series) - HOUR_MS + minute * 60_000, OPTIONS);

  test('is the last whole hour while the running one is within the band of a whole one', () => {
    expect(at(steady(14), 30)).toMatchObject({ costNanoUsd: 10 * USD, endMs: endOf(steady()) - HOUR_MS });
  });

  test('and the running hour once that cost more', () => {
    expect(at(steady(14.1), 5)).toMatchObject({ costNanoUsd: 14.1 * USD, endMs: endOf(steady()) });
  });
});

const anySeries = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e12 })), { minLength: 0, maxLength: 24 * 20 })
  .map((amounts): HourlySeries => ({ startMs: START_MS, amounts: Float64Array.from(amounts) }));
const anyWindow = fc.constantFrom<AnomalyWindow>('1h', '1d');

test('whatever the series, the band is finite, in order, and at least the least excess wide', () => {
  fc.assert(
    fc.property(anySeries, anyWindow, fc.nat(10 * USD), (series, window, minimumNanoUsd) => {
      const found = expectationOf(series, window, endOf(series), {
        timeZone: 'Europe/Berlin',
        minimumNanoUsd,
      });
      if ('kind' in found) return found.hours < found.neededHours + 24;
      const { lower, mid, upper } = found.expected;
      expect([lower, mid, upper, found.score].every(Number.isFinite)).toBe(true);
      expect(lower).toBeGreaterThanOrEqual(0);
      expect(lower).toBeLessThanOrEqual(mid);
      expect(upper - mid).toBeGreaterThanOrEqual(minimumNanoUsd * (1 - 1e-9));
      return found.score > 1 === found.costNanoUsd > upper || Math.abs(found.score - 1) < 1e-9;
    }),
  );
});

test('the band does not depend on what it judges, nor on what came after', () => {
  fc.assert(
    fc.property(anySeries, fc.array(fc.nat(1e12), { minLength: 24, maxLength: 48 }), (series, others) => {
      const end = series.amounts.length;
      if (end < 24) return;
      const changed = new Float64Array(end + 24);
      changed.set(series.amounts);
      changed.set(others.slice(0, 24), end);
      changed[end - 1] = others.at(-1)!;
      const bandOf = (amounts: Float64Array) => {
        const found = expectationOf({ ...series, amounts }, '1h', endOf(series), OPTIONS);
        return 'kind' in found ? found.kind : found.expected;
      };
      // The last hour alone may be the first that cost anything.
      if (series.amounts.subarray(0, end - 1).every((amount) => amount === 0)) return;
      expect(bandOf(changed)).toEqual(bandOf(series.amounts));
    }),
  );
});
