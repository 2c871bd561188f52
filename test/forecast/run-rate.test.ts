import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { monthOf } from '../../exporter/domain/period.ts';
import { MINIMUM_ELAPSED_MS, runRate } from '../../exporter/forecast/run-rate.ts';

const HOUR_MS = 3_600_000;
const june = monthOf(Date.parse('2026-06-10T00:00:00Z'), 'UTC');
const juneAt = (ratio: number) => june.startMs + ratio * (june.endMs - june.startMs);
const day = { startMs: 0, endMs: 24 * HOUR_MS };

describe('run rate of a period', () => {
  it('is finite and never below what is spent', () => {
    const anyPeriod = fc
      .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 366 * 24 * HOUR_MS }))
      .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));
    const nowRatio = fc.double({ min: -2, max: 3, noNaN: true });
    fc.assert(
      fc.property(anyPeriod, nowRatio, fc.maxSafeNat(), (period, ratio, spentNanoUsd) => {
        const nowMs = Math.round(period.startMs + ratio * (period.endMs - period.startMs));
        const forecast = runRate.forecast({ period, nowMs, spentNanoUsd });
        if (forecast.kind === 'too_early') return;
        expect(forecast.endOfPeriodUsd).toSatisfy(Number.isFinite);
        expect(forecast.endOfPeriodUsd).toBeGreaterThanOrEqual(spentNanoUsd / 1e9);
      }),
    );
  });

  test.each([
    ['half of the month', june, juneAt(0.5), 10e9, 20],
    ['a quarter of the month', june, juneAt(0.25), 10e9, 40],
    ['nothing spent', june, juneAt(0.5), 0, 0],
    ['an hour of a day', day, HOUR_MS, 1e9, 24],
    ['1 % of a month', june, juneAt(0.01), 1e9, 100],
    // 5.5 / length × length is less than 5.5 in floating point.
    ['a month that is over', june, june.endMs, 5.5e9, 5.5],
    ['a month that was over an hour ago', june, june.endMs + HOUR_MS, 5.5e9, 5.5],
  ])('%s', (_name, period, nowMs, spentNanoUsd, usd) => {
    const forecast = runRate.forecast({ period, nowMs, spentNanoUsd });
    expect(forecast).toEqual({ kind: 'forecast', endOfPeriodUsd: expect.closeTo(usd, 9) });
  });

  test.each([
    ['before the month', june, june.startMs - HOUR_MS],
    ['the first instant of the month', june, june.startMs],
    ['less than an hour of a day', day, MINIMUM_ELAPSED_MS - 1],
    ['more than an hour, but less than 1 % of a month', june, juneAt(0.01) - 1],
  ])('too early: %s', (_name, period, nowMs) => {
    expect(runRate.forecast({ period, nowMs, spentNanoUsd: 1e9 })).toEqual({ kind: 'too_early' });
  });
});
