import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { forecastSeries } from '../../exporter/forecast/index.ts';
import { createRandom } from '../../scripts/random.ts';

/** Hours of any length: bursts, gaps, sparse calls, from cents to what a large company spends. */
const anySeries = fc
  .record({
    seed: fc.nat(),
    hours: fc.integer({ min: 72, max: 70 * 24 }),
    zeroRatio: fc.constantFrom(0, 0.3, 0.9, 0.995),
    scale: fc.constantFrom(1, 1000, 1e9, 1e12),
    spread: fc.constantFrom(0.1, 1, 3),
  })
  .map(({ seed, hours, zeroRatio, scale, spread }) => {
    const random = createRandom(seed);
    const amounts = Float64Array.from({ length: hours }, () =>
      random.uniform() < zeroRatio ? 0 : Math.round(scale * Math.exp(spread * random.normal())),
    );
    return { startMs: 490_000 * HOUR_MS, amounts };
  });
const anyHorizon = fc.integer({ min: 0, max: 100 * 24 });
const anyZone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
const FEW = { numRuns: 60 };

test('a path is finite, never falls, and its middle is within its band', () => {
  fc.assert(
    fc.property(anySeries, anyHorizon, anyZone, (series, hours, timeZone) => {
      const endMs = series.startMs + series.amounts.length * HOUR_MS;
      const forecast = forecastSeries(series, { horizonEndMs: endMs + hours * HOUR_MS, timeZone });
      if (forecast.kind === 'too_little_history') return;
      for (const sums of [forecast.lower, forecast.mid, forecast.upper]) {
        expect(sums.every((sum, step) => Number.isFinite(sum) && sum >= (sums[step - 1] ?? 0))).toBe(true);
      }
      expect(
        forecast.mid.every((mid, step) => forecast.lower[step]! <= mid && mid <= forecast.upper[step]!),
      ).toBe(true);
      expect(forecast.mid.length * forecast.stepMs).toBeGreaterThanOrEqual(hours * HOUR_MS);
    }),
    FEW,
  );
});

test('a thousand times the amounts are a thousand times the forecast, by the same method', () => {
  fc.assert(
    fc.property(anySeries, (series) => {
      const options = {
        horizonEndMs: series.startMs + (series.amounts.length + 500) * HOUR_MS,
        timeZone: 'UTC',
      };
      const once = forecastSeries(series, options);
      const often = forecastSeries(
        { ...series, amounts: series.amounts.map((amount) => amount * 1024) },
        options,
      );
      if (once.kind !== 'forecast' || often.kind !== 'forecast') {
        expect(often).toEqual(once);
        return;
      }
      expect(often.method).toBe(once.method);
      for (const name of ['lower', 'mid', 'upper'] as const) {
        const last = once[name].at(-1)!;
        expect(Math.abs(often[name].at(-1)! / 1024 - last)).toBeLessThanOrEqual(1e-6 * last);
      }
    }),
    FEW,
  );
});

test('the same history gives the same forecast, and is left as it was', () => {
  fc.assert(
    fc.property(anySeries, (series) => {
      const before = series.amounts.slice();
      const options = {
        horizonEndMs: series.startMs + (series.amounts.length + 300) * HOUR_MS,
        timeZone: 'UTC',
      };
      const first = forecastSeries(series, options);
      expect(forecastSeries(series, options)).toEqual(first);
      expect(series.amounts).toEqual(before);
    }),
    { numRuns: 20 },
  );
});
