import { medianOf } from '../domain/order-statistics.ts';
import { capSpikes, fillGaps, settleStep } from './level-breaks.ts';
import { MONTH_END_DAYS, monthEndFactors } from './month-end-factors.ts';
import { WEEK, weekdayFactors } from './weekday-factors.ts';

/** What is left of a history without what is not to be carried on as it was. */
export interface CleanDays {
  /** Days at today's level: without weekday, month end, spikes and gaps; what was before a step is lifted over it. */
  readonly base: Float64Array;
  /** By how many days (modulo 7) a day is after the first of the history. */
  readonly weekday: Float64Array;
  /** Of the last days of a month, the very last one first. */
  readonly monthEnd: Float64Array;
  /** So many days without anything that a single one tells nothing. */
  readonly isSparse: boolean;
}

export function cleanDays(days: Float64Array, daysToMonthEnd: Int8Array): CleanDays {
  const zeros = days.reduce((count, amount) => count + (amount > 0 ? 0 : 1), 0);
  const isSparse = zeros * 8 > days.length || medianOf(days) === 0;
  const weekday = weekdayFactors(days, isSparse);
  const base = days.map((amount, day) => amount / weekday[day % WEEK]!);
  if (isSparse) {
    const monthEnd = new Float64Array(MONTH_END_DAYS).fill(1);
    return { base, weekday, monthEnd, isSparse };
  }
  const monthEnd = monthEndFactors(base, daysToMonthEnd);
  for (let day = 0; day < base.length; day++) base[day]! /= monthEnd[daysToMonthEnd[day]!] ?? 1;
  fillGaps(base);
  settleStep(base);
  capSpikes(base);
  return { base, weekday, monthEnd, isSparse };
}
