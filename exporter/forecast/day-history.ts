import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { cleanDays } from './clean-days.ts';
import type { DayHistory } from './forecaster.ts';
import { localHours } from './local-hours.ts';

export const DAY_HOURS = 24;
/** A method learns from so many days before the one it forecasts from; older ones are of another time. */
const LEARNT_DAYS = 91;

/** The days of a series, those to forecast, and the clocks above them. A day is 24 hours, counted back from the end of the history. */
export interface Days {
  readonly sums: Float64Array;
  /** Local hours (see `localHours`) of the days of history and of those to forecast. */
  readonly localHours: Int32Array;
  readonly daysToMonthEnd: Int8Array;
}

/** `hours` are those of the history, from the first charge on; `count` days are to be forecast. */
export function daysOf({ startMs, amounts }: HourlySeries, count: number, timeZone: string): Days {
  const length = Math.floor(amounts.length / DAY_HOURS);
  const firstHour = amounts.length - length * DAY_HOURS;
  const sums = new Float64Array(length);
  for (let hour = firstHour; hour < amounts.length; hour++)
    sums[Math.floor((hour - firstHour) / DAY_HOURS)]! += amounts[hour]!;
  const clocks = localHours(startMs + firstHour * HOUR_MS, (length + count) * DAY_HOURS, timeZone);
  return Object.freeze({ sums, localHours: clocks, daysToMonthEnd: daysToMonthEnd(clocks) });
}

/** The history as it was at the end of the day before `origin`. */
export function historyUntil({ sums, daysToMonthEnd }: Days, origin: number): DayHistory {
  const first = Math.max(0, origin - LEARNT_DAYS);
  const days = sums.subarray(first, origin);
  const left = daysToMonthEnd.subarray(first);
  return Object.freeze({ days, daysToMonthEnd: left, clean: cleanDays(days, left) });
}

/** A day belongs to the local day that its middle is in. */
function daysToMonthEnd(clocks: Int32Array): Int8Array {
  const left = new Int8Array(clocks.length / DAY_HOURS);
  for (let day = 0; day < left.length; day++) {
    const localDay = Math.floor(clocks[day * DAY_HOURS + DAY_HOURS / 2]! / DAY_HOURS);
    const date = new Date(localDay * DAY_HOURS * HOUR_MS);
    const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0));
    left[day] = lastOfMonth.getUTCDate() - date.getUTCDate();
  }
  return left;
}
