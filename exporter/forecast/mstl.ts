import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { meanOf } from '../domain/order-statistics.ts';
import type { Forecaster } from './forecaster.ts';
import { WEEK } from './weekday-factors.ts';

/** A fit takes some 0.08 ms per day: more days, or more origins, take longer than they are worth. */
const FITTED_DAYS = 28;
const SCALE = 100;

/** Seasons of a week and a trend by exponential smoothing, on the logarithms of the days. */
export const mstl: Forecaster = {
  id: 'mstl',
  minimumDays: 21,
  isSlow: true,
  forecast({ days, clean, daysToMonthEnd }, count) {
    const first = Math.max(0, days.length - FITTED_DAYS);
    const fitted = clean.base.subarray(first).map((base, at) => base * clean.weekday[(first + at) % WEEK]!);
    const mean = meanOf(fitted);
    if (mean === 0) return new Float64Array(count);
    const logs = predict(
      fitted.map((amount) => Math.log1p((SCALE * amount) / mean)),
      count,
    );
    // No trend of four weeks is worth more than four times the highest day of them.
    const highest = 4 * Math.max(...fitted);
    return Float64Array.from(logs, (log, ahead) => {
      const amount = Math.min((Math.expm1(log) * mean) / SCALE, highest);
      return Math.max(amount, 0) * (clean.monthEnd[daysToMonthEnd[days.length + ahead]!] ?? 1);
    });
  },
};

let isLoaded = false;

function predict(logs: Float64Array, count: number): readonly number[] {
  if (!isLoaded) {
    const folder = dirname(createRequire(import.meta.url).resolve('@bsull/augurs/mstl'));
    initSync({ module: readFileSync(join(folder, 'mstl_bg.wasm')) });
    isLoaded = true;
  }
  const model = MSTL.ets([WEEK]);
  try {
    model.fit(logs);
    return model.predict(count).point;
  } finally {
    model.free();
  }
}
