import type { CleanDays } from './clean-days.ts';

/** A series as a method sees it: sums of 24 hours each, up to the end of the history. */
export interface DayHistory {
  /** Oldest first. */
  readonly days: Float64Array;
  readonly clean: CleanDays;
  /** How many whole days of its month come after a day, of those of the history and of those to forecast. */
  readonly daysToMonthEnd: Int8Array;
}

/** A method that expects the days to come. Pure: the same history gives the same answer. */
export interface Forecaster {
  /** Stable, unique name. */
  readonly id: string;
  /** Before so many days the method is not asked. */
  readonly minimumDays: number;
  /** Takes milliseconds: it is tried less often. */
  readonly isSlow: boolean;
  /** Expected sums of the `count` days after the history: finite, at least 0. */
  forecast(history: DayHistory, count: number): Float64Array;
}
