import { DAY_HOURS, type Days } from './day-history.ts';
import { WEEK } from './weekday-factors.ts';

const LEARNT_DAYS = 56;
/** Days, or weeks, of nothing but even hours that a shape must outweigh. */
const DOUBT = 1;
/** 1970-01-01 was a Thursday; hours of the week are counted from there. */
const WEEK_HOURS = WEEK * DAY_HOURS;

/**
 * How a day is spread over its hours, by the hour of the week on the zone's clocks, mean about 1. Shares of their own
 * days, so that no spike of a day counts for more than that day; an hour of the week leans on the same hour of all days.
 */
export function hourShape(amounts: Float64Array, { sums, localHours }: Days): Float64Array {
  const ofDay = new Float64Array(DAY_HOURS).fill(DOUBT);
  const daysSeen = new Float64Array(DAY_HOURS).fill(DOUBT);
  const ofWeek = new Float64Array(WEEK_HOURS);
  const weeksSeen = new Float64Array(WEEK_HOURS);
  const firstHour = amounts.length - sums.length * DAY_HOURS;
  for (let day = Math.max(0, sums.length - LEARNT_DAYS); day < sums.length; day++) {
    if (!(sums[day]! > 0)) continue;
    for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++) {
      const share = (amounts[firstHour + hour]! * DAY_HOURS) / sums[day]!;
      const clock = localHours[hour]!;
      ofDay[clock % DAY_HOURS]! += share;
      daysSeen[clock % DAY_HOURS]! += 1;
      ofWeek[clock % WEEK_HOURS]! += share;
      weeksSeen[clock % WEEK_HOURS]! += 1;
    }
  }
  return ofWeek.map((shares, hour) => {
    const usual = ofDay[hour % DAY_HOURS]! / daysSeen[hour % DAY_HOURS]!;
    return (shares + 2 * DOUBT * usual) / (weeksSeen[hour]! + 2 * DOUBT);
  });
}

/** The expected days hour by hour. */
export function hoursOf(expectedDays: Float64Array, shape: Float64Array, days: Days): Float64Array {
  const hours = new Float64Array(expectedDays.length * DAY_HOURS);
  const first = days.sums.length * DAY_HOURS;
  for (let day = 0; day < expectedDays.length; day++) {
    let sum = 0;
    for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++)
      sum += shape[days.localHours[first + hour]! % WEEK_HOURS]!;
    for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++)
      hours[hour] = (expectedDays[day]! * shape[days.localHours[first + hour]! % WEEK_HOURS]!) / sum;
  }
  return hours;
}
