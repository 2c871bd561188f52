import type { SeriesForecast } from '../domain/forecast.ts';
import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { backtest } from './backtest.ts';
import { bandWidth } from './band.ts';
import { DAY_HOURS, daysOf, historyUntil } from './day-history.ts';
import type { Forecaster } from './forecaster.ts';
import { hourShape, hoursOf } from './hour-shape.ts';
import { mstl } from './mstl.ts';
import { recentMean } from './recent-mean.ts';
import { recentProfile, trendProfile, weeklyProfile } from './weekly-profile.ts';

/** Every method; the first is taken unless another did better. */
export const FORECASTERS = [
  trendProfile,
  weeklyProfile,
  recentProfile,
  recentMean,
  mstl,
] as const satisfies readonly Forecaster[];

const NEEDED_HOURS = 72;
/** Paths are in hours up to here, in days beyond. */
const LONGEST_HOURLY_DAYS = 62;
const LONGEST_DAYS = 400;
/** Of the history; older days tell nothing of the weeks to come. */
const USED_DAYS = 184;

export interface ForecastOptions {
  /** End of the path; at most 400 days after the history. */
  readonly horizonEndMs: number;
  /** Days, weeks and months are those of its clocks. */
  readonly timeZone: string;
}

/**
 * The hours to come, by the method that did best on the series' own past, with a 90 % band from how wrong it was
 * there. What came before the first charge is no history, unless there never was one: nothing is then expected.
 * Throws RangeError on a horizon too far, on an unknown zone and on amounts that are not finite or below 0.
 */
export function forecastSeries(
  series: HourlySeries,
  { horizonEndMs, timeZone }: ForecastOptions,
): SeriesForecast {
  const endMs = series.startMs + series.amounts.length * HOUR_MS;
  const hours = Math.max(0, Math.ceil((horizonEndMs - endMs) / HOUR_MS));
  const count = Math.ceil(hours / DAY_HOURS);
  if (!(count <= LONGEST_DAYS))
    throw new RangeError(`horizon: expected at most ${LONGEST_DAYS} days after the history, got ${count}`);
  const used = usedPart(series);
  if (used.amounts.length < NEEDED_HOURS)
    return Object.freeze({
      kind: 'too_little_history',
      hours: used.amounts.length,
      neededHours: NEEDED_HOURS,
    });

  const days = daysOf(used, count, timeZone);
  const outcome = backtest(FORECASTERS, days, Math.max(count, 1));
  const expected = outcome.method.forecast(historyUntil(days, days.sums.length), count);
  const isHourly = count <= LONGEST_HOURLY_DAYS;
  const steps = isHourly
    ? hoursOf(expected, hourShape(used.amounts, days), days).subarray(0, hours)
    : expected;
  const width = bandWidth(outcome);
  const stepDays = isHourly ? 1 / DAY_HOURS : 1;
  const mid = new Float64Array(steps.length);
  const lower = new Float64Array(steps.length);
  const upper = new Float64Array(steps.length);
  let sum = 0;
  for (let step = 0; step < steps.length; step++) {
    sum += steps[step]!;
    const root = width((step + 1) * stepDays);
    mid[step] = sum;
    lower[step] = Math.max(sum * Math.max(0, 1 - root) ** 2, lower[step - 1] ?? 0);
    upper[step] = Math.max(sum * (1 + root) ** 2, upper[step - 1] ?? 0);
  }
  return Object.freeze({
    kind: 'forecast',
    method: outcome.method.id,
    startMs: endMs,
    stepMs: stepDays * DAY_HOURS * HOUR_MS,
    mid,
    lower,
    upper,
  });
}

/** From the first charge on, if there is any, and not too far back. */
function usedPart({ startMs, amounts }: HourlySeries): HourlySeries {
  let first = amounts.length;
  for (let hour = amounts.length - 1; hour >= 0; hour--) {
    const amount = amounts[hour]!;
    if (!(amount >= 0 && amount < Infinity))
      throw new RangeError(
        `hour ${hour} of the series: expected a finite amount of at least 0, got ${amount}`,
      );
    if (amount > 0) first = hour;
  }
  const from = Math.max(first === amounts.length ? 0 : first, amounts.length - USED_DAYS * DAY_HOURS);
  return { startMs: startMs + from * HOUR_MS, amounts: amounts.subarray(from) };
}
