import type { AnomalyWindow, Expectation } from '../domain/anomaly.ts';
import type { TooLittleHistory } from '../domain/forecast.ts';
import { quantileOf } from '../domain/order-statistics.ts';
import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { DAY_HOURS, type PastDays, pastDays } from './past-days.ts';
import { sumOf } from './sum.ts';
import { type UsualDays, usualDays } from './usual-days.ts';

export const WINDOW_HOURS: Readonly<Record<AnomalyWindow, number>> = Object.freeze({ '1h': 1, '1d': 24 });

/** Whole days before the window. A day is compared with a week at least, as it may be a Sunday. */
const WEEK_DAYS = 7;
const NEEDED_DAYS: Readonly<Record<AnomalyWindow, number>> = { '1h': 3, '1d': WEEK_DAYS };
/** Until then what is little for the weekday is not known, and there is no lower bound. */
const LOWER_BOUND_DAYS = 14;

/** The band is at least this share of its middle wide, to either side. */
const LEAST_HALF_WIDTH: Readonly<Record<AnomalyWindow, number>> = { '1h': 0.4, '1d': 0.3 };
/** It is as many times as wide as the surprises that `USUAL_DAYS` of the days stay below. */
const SURPRISES: Readonly<Record<AnomalyWindow, number>> = { '1h': 1.7, '1d': 3 };
const USUAL_DAYS = 0.8;
/** Surprises grow with the square root of what is usual, down to this share of an average hour or day. */
const LEAST_USUAL = 0.05;

export interface ExpectationOptions {
  readonly timeZone: string;
  /** An excess below it is not worth a word. */
  readonly minimumNanoUsd: number;
}

/**
 * What the window that ends at `endMs` cost, and what it usually costs. The series reaches to `endMs` or further; its
 * last hour may be one that is not over: the band is the same, and a cost above it is certain already.
 * Throws RangeError on an `endMs` that is no whole hour, or beyond the series.
 */
export function expectationOf(
  series: HourlySeries,
  window: AnomalyWindow,
  endMs: number,
  options: ExpectationOptions,
): Expectation | TooLittleHistory {
  const end = (endMs - series.startMs) / HOUR_MS;
  if (!Number.isInteger(end) || end > series.amounts.length)
    throw new RangeError(`endMs: expected a whole hour up to the end of the series, got ${endMs}`);
  const hours = WINDOW_HOURS[window];
  const days = pastDays(series, endMs - hours * HOUR_MS, options.timeZone);
  if (days.length < NEEDED_DAYS[window]) return tooLittle(series, end, window);
  const costNanoUsd = sumOf(series.amounts.subarray(Math.max(end - hours, 0), end));
  const { mid, halfWidth } = days.length < WEEK_DAYS ? ofFirstWeek(days) : usualBand(days, window);
  const half = Math.max(halfWidth, options.minimumNanoUsd, 1);
  const lower = days.length < LOWER_BOUND_DAYS ? 0 : Math.max(mid - half, 0);
  return Object.freeze({
    window,
    endMs,
    costNanoUsd,
    expected: Object.freeze({ lower, mid, upper: mid + half }),
    score: (costNanoUsd - mid) / half,
  });
}

function tooLittle({ amounts }: HourlySeries, end: number, window: AnomalyWindow): TooLittleHistory {
  const first = amounts.findIndex((amount) => amount > 0);
  return Object.freeze({
    kind: 'too_little_history',
    hours: first < 0 ? 0 : Math.max(end - first, 0),
    neededHours: NEEDED_DAYS[window] * DAY_HOURS + WINDOW_HOURS[window],
  });
}

interface Band {
  readonly mid: number;
  readonly halfWidth: number;
}

/** Which days are quiet ones is not known yet: twice the most that the hour, or the next to it, cost is the bound. */
function ofFirstWeek(days: PastDays): Band {
  const mid = Math.max(...days.flatMap((day) => [day[0]!, day[1]!, day.at(-1)!]));
  return { mid, halfWidth: mid };
}

function usualBand(days: PastDays, window: AnomalyWindow): Band {
  const usual = usualDays(days);
  const mid = window === '1h' ? usual.expectedOfHour(0, 0) : usual.expectedOfDay(0);
  return { mid, halfWidth: usualHalfWidth(days, usual, window, mid) };
}

/** What the same model would have been wrong by in the past, each day by its largest surprise, less the worst days. */
function usualHalfWidth(days: PastDays, usual: UsualDays, window: AnomalyWindow, mid: number): number {
  const surprises: number[] = [];
  // The oldest ones have too few days before them.
  for (let ago = 1; ago <= days.length - NEEDED_DAYS['1h']; ago++)
    surprises.push(window === '1h' ? largestOfHours(days, usual, ago) : largestOfDay(days, usual, ago));
  const scale = scaleOf(mid, usual.meanHour(0) * WINDOW_HOURS[window]);
  const surprise = quantileOf(surprises, USUAL_DAYS, 0);
  return Math.max(SURPRISES[window] * surprise * scale, LEAST_HALF_WIDTH[window] * mid);
}

function largestOfHours(days: PastDays, usual: UsualDays, ago: number): number {
  let largest = 0;
  for (let hour = 0; hour < DAY_HOURS; hour++) {
    const expected = usual.expectedOfHour(ago, hour);
    const surprise = Math.abs(days[ago - 1]![hour]! - expected) / scaleOf(expected, usual.meanHour(ago));
    largest = Math.max(largest, surprise);
  }
  return largest;
}

function largestOfDay(days: PastDays, usual: UsualDays, ago: number): number {
  const cost = sumOf(days[ago - 1]!);
  const expected = usual.expectedOfDay(ago);
  return Math.abs(cost - expected) / scaleOf(expected, usual.meanHour(ago) * DAY_HOURS);
}

/** How far from the expected the cost usually is, but for a factor. Positive where anything ever cost something. */
function scaleOf(expected: number, average: number): number {
  return Math.sqrt(Math.max(expected, LEAST_USUAL * average) * average);
}
