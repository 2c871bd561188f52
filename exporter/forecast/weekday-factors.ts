import { meanOf, medianOf } from '../domain/order-statistics.ts';

export const WEEK = 7;
/** A weekday never counts as less than this share of a mean day: what is 0 now may not stay so. */
const LEAST_FACTOR = 0.02;
/** Weeks may differ by no less than this before three have shown by how much they do. */
const LEAST_SPREAD = 0.12;

/**
 * What a weekday costs by what a mean day costs, by how many days (modulo 7) it is after the first; mean about 1. Ratios
 * to the week around it, their median over the weeks (so that no spike or holiday counts for more than its own week),
 * shrunk to 1 by as much as the weeks disagree. Sparse days have no median, so theirs is the mean.
 */
export function weekdayFactors(days: Float64Array, sparse: boolean): Float64Array {
  const factors = new Float64Array(WEEK).fill(1);
  const ratios = weekRatios(days);
  if (ratios.some((ofWeekday) => ofWeekday.length === 0)) return factors;
  const middles = ratios.map((ofWeekday) => (sparse ? meanOf(ofWeekday) : medianOf(ofWeekday)));
  const scale = meanOf(middles);
  if (!(scale > 0)) return factors;
  const change = Math.max(medianChange(days) / Math.SQRT2, LEAST_SPREAD);
  let between = 0;
  let within = 0;
  ratios.forEach((ofWeekday, weekday) => {
    const middle = middles[weekday]!;
    between += (middle / scale - 1) ** 2 / (WEEK - 1);
    const spread = ofWeekday.length < 3 ? change : spreadOf(ofWeekday, middle, sparse);
    within += spread ** 2 / ofWeekday.length / WEEK;
  });
  const trust = between > within ? 1 - within / between : 0;
  return factors.map((_, weekday) => Math.max(1 + trust * (middles[weekday]! / scale - 1), LEAST_FACTOR));
}

function weekRatios(days: Float64Array): number[][] {
  const ratios: number[][] = Array.from({ length: WEEK }, () => []);
  if (days.length < WEEK) return ratios;
  for (let day = 0; day < days.length; day++) {
    const first = Math.min(Math.max(day - 3, 0), days.length - WEEK);
    let sum = 0;
    for (let at = first; at < first + WEEK; at++) sum += days[at]!;
    if (sum > 0) ratios[day % WEEK]!.push((days[day]! * WEEK) / sum);
  }
  return ratios;
}

function spreadOf(values: readonly number[], middle: number, sparse: boolean): number {
  if (!sparse) return 1.4826 * medianOf(values.map((value) => Math.abs(value - middle)));
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** From one day to the next, as a share: most weekdays are like the one before. */
function medianChange(days: Float64Array): number {
  const changes: number[] = [];
  for (let day = 1; day < days.length; day++)
    if (days[day - 1]! > 0) changes.push(Math.abs(days[day]! / days[day - 1]! - 1));
  return changes.length === 0 ? 1 : 1.4826 * medianOf(changes);
}
