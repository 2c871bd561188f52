import type { Expectation } from '../domain/anomaly.ts';
import type { Period } from '../domain/period.ts';
import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { WINDOW_HOURS } from './expectation.ts';
import { sumOf } from './sum.ts';

const DAY_MS = 24 * HOUR_MS;
const DAYS_AGO = [7, 14, 21, 28, 1, 2, 3, 4];
/** Each is a reading of the ledger. */
const COMPARED = 3;

/** The window, and those of the same hours of earlier days that cost the nearest to what was to be expected of it. */
export function comparableWindows(
  series: HourlySeries,
  { window, endMs, expected }: Expectation,
): { readonly own: Period; readonly usual: readonly Period[] } {
  const lengthMs = WINDOW_HOURS[window] * HOUR_MS;
  const distance = ({ startMs, endMs }: Period) =>
    Math.abs(
      sumOf(
        series.amounts.subarray((startMs - series.startMs) / HOUR_MS, (endMs - series.startMs) / HOUR_MS),
      ) - expected.mid,
    );
  const usual = DAYS_AGO.map((days) => ({
    startMs: endMs - days * DAY_MS - lengthMs,
    endMs: endMs - days * DAY_MS,
  }))
    .filter(({ startMs }) => startMs >= series.startMs)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, COMPARED);
  return { own: { startMs: endMs - lengthMs, endMs }, usual };
}
