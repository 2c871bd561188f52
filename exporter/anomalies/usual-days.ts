import { medianOf } from '../domain/order-statistics.ts';
import { DAY_HOURS, type PastDays } from './past-days.ts';
import { sumOf } from './sum.ts';

const WEEK_DAYS = 7;
/** From here on a weekday is compared with its own past. */
const WEEKLY_DAYS = 2 * WEEK_DAYS;
/** The level is the median of as many days that are not quiet ones: a new one is in force on the third. */
const LEVEL_DAYS = 5;
/** Days below this share of the others (weekends of an office) say nothing of the level. */
const QUIET_RATIO = 0.3;
/** How many weeks of its own it takes until an hour of the week counts as much as the hour of the day. */
const OWN_WEEKS = 1;
/** And how many days until an hour counts as much as its neighbours. */
const OWN_DAYS = 1;

/** What a day costs as a rule, from a week of them on; learnt from medians so that a spike of the past moves nothing. All are pure lookups. */
export interface UsualDays {
  /** What was to be expected of the day `ago` (0 is the one that begins with the window) from the days before it. */
  expectedOfDay(ago: number): number;
  /** And of its hour `hour`. */
  expectedOfHour(ago: number, hour: number): number;
  /** What an hour cost on average about then, for a measure of what is little. */
  meanHour(ago: number): number;
}

export function usualDays(days: PastDays): UsualDays {
  const sums = days.map(sumOf);
  // Of a tenant with costs on few days the level is often nothing at all.
  const average = trimmedMean(sums);
  const around = sums.map((_, at) => levelAround(sums, at, average));
  const weekday = Array.from({ length: WEEK_DAYS }, (_, kind) =>
    days.length < WEEKLY_DAYS
      ? 1
      : medianOf(
          sharesOf(kind, around, (at) => sums[at]!),
          1,
        ),
  );
  const levels = Array.from({ length: days.length + 1 }, (_, ago) => levelBefore(sums, weekday, ago));
  let shapes: readonly (readonly number[])[] | undefined;
  return {
    expectedOfDay: (ago) => levels[ago]! * weekday[kindOf(ago)]!,
    expectedOfHour: (ago, hour) => {
      shapes ??= weekShapes(days, around, weekday);
      return levels[ago]! * shapes[kindOf(ago)]![hour]!;
    },
    meanHour: (ago) => Math.max(levels[ago]!, average / 2) / DAY_HOURS,
  };
}

/** Of each kind of day, the share of the level that falls to each hour. */
function weekShapes(
  days: PastDays,
  around: readonly number[],
  weekday: readonly number[],
): readonly (readonly number[])[] {
  const shape = dayShape(days, around, weekday);
  return weekday.map((ratio, kind) =>
    shape.map((share, hour) => {
      const general = ratio * share;
      if (days.length < WEEKLY_DAYS) return general;
      const own = sharesOf(kind, around, (at) => days[at]![hour]!);
      return (medianOf(own, 0) * own.length + general * OWN_WEEKS) / (own.length + OWN_WEEKS);
    }),
  );
}

/** The same of a day of no kind: that of all days but the quiet ones. */
function dayShape(days: PastDays, around: readonly number[], weekday: readonly number[]): readonly number[] {
  const shape = Array.from({ length: DAY_HOURS }, (_, hour) => {
    const shares: number[] = [];
    for (let at = 0; at < days.length; at++) {
      const ratio = weekday[at % WEEK_DAYS]!;
      if (ratio >= QUIET_RATIO && around[at]! > 0) shares.push(days[at]![hour]! / (around[at]! * ratio));
    }
    return medianOf(shares, 0);
  });
  const at = (hour: number) => shape[(hour + DAY_HOURS) % DAY_HOURS]!;
  return shape.map((share, hour) => {
    const neighbours = (at(hour - 1) + at(hour + 1)) / 2;
    return (share * days.length + neighbours * OWN_DAYS) / (days.length + OWN_DAYS);
  });
}

/** Where the day that began `ago` days before the window is in the week, as its index in `PastDays` tells. */
function kindOf(ago: number): number {
  return (ago + WEEK_DAYS - 1) % WEEK_DAYS;
}

/** What each day of the kind, or an hour of it, cost by the level about then. */
function sharesOf(kind: number, around: readonly number[], amountAt: (at: number) => number): number[] {
  const shares: number[] = [];
  for (let at = kind; at < around.length; at += WEEK_DAYS)
    if (around[at]! > 0) shares.push(amountAt(at) / around[at]!);
  return shares;
}

/** Median of the week around the day: in it every weekday is once. */
function levelAround(sums: readonly number[], at: number, average: number): number {
  const from = Math.max(Math.min(at - 3, sums.length - WEEK_DAYS), 0);
  return medianOf(sums.slice(from, from + WEEK_DAYS), 0) || average;
}

/** What the days before `ago` say of a day that is no quiet one. */
function levelBefore(sums: readonly number[], weekday: readonly number[], ago: number): number {
  const said: number[] = [];
  for (let at = ago; at < sums.length && said.length < LEVEL_DAYS; at++) {
    const ratio = weekday[at % WEEK_DAYS]!;
    if (ratio >= QUIET_RATIO) said.push(sums[at]! / ratio);
  }
  return medianOf(said, 0);
}

/** Of all but the largest tenth. */
function trimmedMean(sums: readonly number[]): number {
  const kept = sums.toSorted((a, b) => a - b).slice(0, Math.ceil(sums.length * 0.9));
  return sumOf(kept) / Math.max(kept.length, 1);
}
