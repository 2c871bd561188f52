import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Account } from '../../exporter/budgets/account.ts';
import { budgetStatus } from '../../exporter/budgets/budget-status.ts';
import type { ForecastPath } from '../../exporter/domain/forecast.ts';
import { budgetOf } from './given.ts';

const USD = 1e9;
const HOUR_MS = 3_600_000;
const period = { startMs: 0, endMs: 1000 * HOUR_MS };
const at = (hour: number) => hour * HOUR_MS;

const accountOf = (spentUsd: number, fields: Partial<Account> = {}): Account => ({
  definition: budgetOf(),
  subject: undefined,
  spentAmount: spentUsd * USD,
  reservedAmount: 0,
  period,
  limitAmount: 100 * USD,
  ...fields,
});

/** From hour 0 on, `usd` an hour in the middle, half of it and twice as much at the edges. */
const pathOf = (usd: number, hours = 1000): ForecastPath => {
  const line = (factor: number) =>
    Float64Array.from({ length: hours }, (_, hour) => (hour + 1) * usd * factor * USD);
  const lines = { lower: line(0.5), mid: line(1), upper: line(2) };
  return { kind: 'forecast', method: 'line', startMs: 0, stepMs: HOUR_MS, ...lines };
};

describe('budgetStatus', () => {
  it('continues the mean rate of the period where nothing better is known, without a band', () => {
    expect(budgetStatus(accountOf(25), at(500), undefined)).toEqual({
      definition: budgetOf(),
      subject: undefined,
      period,
      limitAmount: 100 * USD,
      spentAmount: 25 * USD,
      reservedAmount: 0,
      remainingAmount: 75 * USD,
      usedRatio: 0.25,
      forecast: { method: 'run_rate', endAmount: { mid: 50 * USD } },
      exhaustion: {},
    });
  });

  it('goes on from what is spent along a path, with its band', () => {
    const { forecast, exhaustion } = budgetStatus(accountOf(40), at(500), pathOf(0.1));
    expect(forecast).toEqual({
      method: 'line',
      endAmount: { lower: 65 * USD, mid: 90 * USD, upper: 140 * USD },
    });
    expect(exhaustion).toEqual({ earliestMs: at(800), midMs: undefined, latestMs: undefined });
  });

  it('has a band of dates where each edge of the path runs out', () => {
    const { exhaustion } = budgetStatus(accountOf(40), at(500), pathOf(0.3));
    expect(exhaustion).toEqual({ earliestMs: at(600), midMs: at(700), latestMs: at(900) });
  });

  it('does not take a path that ends before the period does', () => {
    expect(budgetStatus(accountOf(25), at(500), pathOf(0.1, 999)).forecast?.method).toBe('run_rate');
  });

  it.each([
    ['under an hour', { startMs: 0, endMs: 24 * HOUR_MS }, HOUR_MS - 1],
    ['under a hundredth', period, at(10) - 1],
    ['before it', period, -5],
  ])('expects nothing of a period %s', (_name, early, nowMs) => {
    const { forecast, exhaustion } = budgetStatus(accountOf(99, { period: early }), nowMs, undefined);
    expect({ forecast, exhaustion }).toEqual({ forecast: undefined, exhaustion: {} });
  });

  it('expects nothing of a rolling window', () => {
    const definition = budgetOf({ period: { kind: 'rolling', days: 30 } });
    const { forecast, exhaustion } = budgetStatus(accountOf(50, { definition }), at(999), pathOf(1));
    expect({ forecast, exhaustion }).toEqual({ forecast: undefined, exhaustion: {} });
  });

  it('is negative once overspent', () => {
    expect(budgetStatus(accountOf(130), at(500), undefined)).toMatchObject({
      remainingAmount: -30 * USD,
      usedRatio: 1.3,
    });
  });

  test.each<[string, number, number, number | undefined]>([
    ['half-way to what the mean rate reaches', 80, at(500), at(625)],
    ['at the limit when the period ends: not inside', 50, at(500), undefined],
    ['below the limit', 49, at(500), undefined],
    ['nothing spent', 0, at(500), undefined],
    ['exactly used up: now', 100, at(500), at(500)],
    ['overspent, too early to expect anything: now', 101, 1, 1],
    ['overspent, clock before the period: its start', 101, -5, 0],
    ['overspent, clock after the period: its end', 101, at(5000), at(1000)],
  ])('runs out: %s', (_name, spentUsd, nowMs, expected) => {
    expect(budgetStatus(accountOf(spentUsd), nowMs, undefined).exhaustion.midMs).toBe(expected);
  });

  it('has finite numbers only, in order, and dates inside the period', () => {
    fc.assert(
      fc.property(
        fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
        fc.integer({ min: 1, max: 1e15 }),
        fc.integer({ min: 0, max: 1e15 }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        (usdAnHour, limitAmount, spentAmount, nowRatio) => {
          const nowMs = Math.round(nowRatio * period.endMs);
          const path = usdAnHour === undefined ? undefined : pathOf(usdAnHour);
          const status = budgetStatus(accountOf(0, { limitAmount, spentAmount }), nowMs, path);
          const { lower, mid, upper } = { lower: 0, mid: 0, upper: 2 ** 80, ...status.forecast?.endAmount };
          for (const value of [status.remainingAmount, status.usedRatio, lower, mid, upper])
            expect(value).toSatisfy(Number.isFinite);
          expect(lower).toBeLessThanOrEqual(mid);
          expect(mid).toBeLessThanOrEqual(upper);
          if (status.forecast) expect(mid).toBeGreaterThanOrEqual(spentAmount * (1 - 1e-12));
          const { earliestMs, midMs, latestMs } = status.exhaustion;
          const dates = [earliestMs, midMs, latestMs].filter((date) => date !== undefined);
          expect(dates).toEqual(dates.toSorted((a, b) => a - b));
          for (const date of dates) expect(date >= period.startMs && date <= period.endMs).toBe(true);
          if (spentAmount >= limitAmount) expect(midMs).toBe(Math.min(Math.max(nowMs, 0), period.endMs));
          else if (midMs !== undefined) expect(mid).toBeGreaterThan(limitAmount * (1 - 1e-9));
        },
      ),
      { numRuns: 500 },
    );
  });
});
