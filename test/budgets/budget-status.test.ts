import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { budgetStatus, type EndOfPeriodForecast } from '../../exporter/budgets/budget-status.ts';
import type { BudgetDefinition } from '../../exporter/domain/budget.ts';
import { FORECASTERS } from '../../exporter/forecast/index.ts';

const USD = 1e9;
const period = { startMs: 1_000_000, endMs: 2_000_000 };
const budgetOf = (usd: number): BudgetDefinition => ({
  name: 'organization',
  scope: 'organization',
  scopeId: '',
  period: 'month',
  limitNanoUsd: usd * USD,
});
const expecting = (endOfPeriodUsd: number): EndOfPeriodForecast => ({
  forecast: () => ({ kind: 'forecast', endOfPeriodUsd }),
});
const tooEarly: EndOfPeriodForecast = { forecast: () => ({ kind: 'too_early' }) };

describe('budgetStatus', () => {
  it('gives spent, remaining, ratio and forecast', () => {
    expect(budgetStatus(budgetOf(100), period, 25 * USD, 1_500_000, expecting(50))).toEqual({
      definition: budgetOf(100),
      period,
      spentNanoUsd: 25 * USD,
      remainingNanoUsd: 75 * USD,
      usedRatio: 0.25,
      forecastUsd: 50,
    });
  });

  it('has no forecast and no exhaustion while it is too early', () => {
    const status = budgetStatus(budgetOf(100), period, 99 * USD, 1_000_001, tooEarly);
    expect(Object.keys(status)).not.toContain('forecastUsd');
    expect(Object.keys(status)).not.toContain('exhaustionMs');
  });

  it('is negative once overspent', () => {
    const status = budgetStatus(budgetOf(100), period, 130 * USD, 1_500_000, expecting(260));
    expect(status).toMatchObject({ remainingNanoUsd: -30 * USD, usedRatio: 1.3 });
  });

  test.each<[string, number, number, EndOfPeriodForecast, number | undefined]>([
    ['half-way to a forecast of twice the rest', 50, 1_500_000, expecting(150), 1_750_000],
    ['nothing spent yet, forecast of twice the limit', 0, 1_000_000, expecting(200), 1_500_000],
    [
      'forecast of exactly the limit: reached at the end, not inside',
      50,
      1_500_000,
      expecting(100),
      undefined,
    ],
    ['forecast below the limit', 50, 1_500_000, expecting(99), undefined],
    ['forecast of what is spent already', 50, 1_500_000, expecting(50), undefined],
    ['forecast below what is spent', 50, 1_500_000, expecting(10), undefined],
    ['exactly used up: now', 100, 1_500_000, expecting(200), 1_500_000],
    ['overspent, too early for a forecast: now', 101, 1_000_001, tooEarly, 1_000_001],
    ['overspent, clock before the period: its start', 101, 5, tooEarly, 1_000_000],
    ['overspent, clock after the period: its end', 101, 9_000_000, expecting(101), 2_000_000],
  ])('exhaustion: %s', (_name, spentUsd, nowMs, forecaster, expected) => {
    const status = budgetStatus(budgetOf(100), period, spentUsd * USD, nowMs, forecaster);
    expect(status.exhaustionMs).toBe(expected);
  });

  it('has finite numbers only, and exhaustion inside the period', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<EndOfPeriodForecast>(...FORECASTERS, tooEarly),
        fc.integer({ min: 1, max: 1e18 }),
        fc.maxSafeNat(),
        fc.integer({ min: 1, max: 4e12 }),
        fc.integer({ min: 1, max: 32 * 86_400_000 }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        (forecaster, limitNanoUsd, spentNanoUsd, startMs, lengthMs, nowRatio) => {
          const nowMs = Math.round(startMs + nowRatio * lengthMs);
          const anyPeriod = { startMs, endMs: startMs + lengthMs };
          const definition = { ...budgetOf(1), limitNanoUsd };
          const status = budgetStatus(definition, anyPeriod, spentNanoUsd, nowMs, forecaster);
          const { remainingNanoUsd, usedRatio, forecastUsd = 0, exhaustionMs = startMs } = status;
          for (const value of [remainingNanoUsd, usedRatio, forecastUsd, exhaustionMs]) {
            expect(value).toSatisfy(Number.isFinite);
          }
          expect(exhaustionMs).toBeGreaterThanOrEqual(startMs);
          expect(exhaustionMs).toBeLessThanOrEqual(anyPeriod.endMs);
          if (spentNanoUsd >= limitNanoUsd) expect(status.exhaustionMs).toBeDefined();
          else if (status.exhaustionMs !== undefined) {
            expect(status.exhaustionMs).toBeLessThan(anyPeriod.endMs);
            expect(forecastUsd * USD).toBeGreaterThan(limitNanoUsd);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
