import type { DayHistory, Forecaster } from './forecaster.ts';
import { levelOf, trendOf } from './level-and-trend.ts';
import { WEEK } from './weekday-factors.ts';

/** A growth that was seen is expected to last, a little less of it every day. */
const DAMPING = 0.995;

/** The level of the last weeks in the shape of the week and of the month's end. */
export const weeklyProfile: Forecaster = {
  id: 'weekday_hour_profile',
  minimumDays: 3,
  isSlow: false,
  forecast: (history, count) => profile(history, count, levelOf(history.clean.base, 28), 0),
};

/** The same with the level of the last days, for what wanders. */
export const recentProfile: Forecaster = {
  id: 'weekday_hour_profile_recent',
  minimumDays: 7,
  isSlow: false,
  forecast: (history, count) => profile(history, count, levelOf(history.clean.base, 5), 0),
};

/** The same, growing or shrinking as it did. */
export const trendProfile: Forecaster = {
  id: 'weekday_hour_profile_trend',
  minimumDays: 21,
  isSlow: false,
  forecast(history, count) {
    const { base, isSparse } = history.clean;
    const growth = isSparse ? 0 : trendOf(base);
    const today = base.map((amount, day) => amount * Math.exp(growth * (base.length - 1 - day)));
    return profile(history, count, levelOf(today, 28), growth);
  },
};

function profile({ days, clean, daysToMonthEnd }: DayHistory, count: number, level: number, growth: number) {
  const expected = new Float64Array(count);
  let grown = 0;
  for (let ahead = 0; ahead < count; ahead++) {
    const day = days.length + ahead;
    grown += growth * DAMPING ** ahead;
    expected[ahead] =
      level * Math.exp(grown) * clean.weekday[day % WEEK]! * (clean.monthEnd[daysToMonthEnd[day]!] ?? 1);
  }
  return expected;
}
