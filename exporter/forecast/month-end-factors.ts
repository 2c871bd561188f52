import { medianOf } from '../domain/order-statistics.ts';

export const MONTH_END_DAYS = 5;
const DAYS_BEFORE = 10;
/** What one month's end is worth against the doubt whether the next is like it. */
const DOUBT_MONTHS = 0.5;

/**
 * What each of the last days of a month costs by what the ten days before them did, the very last day first. 1 from the
 * first day (backwards) on which the months seen do not agree, or which differs by no more than days do anyway.
 */
export function monthEndFactors(base: Float64Array, daysToMonthEnd: Int8Array): Float64Array {
  const ratios: number[][] = Array.from({ length: MONTH_END_DAYS }, () => []);
  const changes: number[] = [];
  for (let day = 1; day < base.length; day++) {
    const left = daysToMonthEnd[day]!;
    if (left >= MONTH_END_DAYS) {
      if (base[day - 1]! > 0) changes.push(Math.abs(base[day]! / base[day - 1]! - 1));
      continue;
    }
    const until = day - (MONTH_END_DAYS - 1 - left);
    if (until < DAYS_BEFORE / 2) continue;
    const level = medianOf(base.subarray(Math.max(0, until - DAYS_BEFORE), until));
    if (level > 0) ratios[left]!.push(base[day]! / level);
  }
  const noise = changes.length === 0 ? 1 : medianOf(changes) * 1.4826;
  const factors = Float64Array.from(ratios, (ofDay) => factorOf(ofDay, noise));
  const unlike = factors.indexOf(1);
  return unlike < 0 ? factors : factors.fill(1, unlike);
}

function factorOf(ratios: readonly number[], noise: number): number {
  if (ratios.length === 0) return 1;
  const isAgreed = ratios.every((ratio) => ratio > 1) || ratios.every((ratio) => ratio < 1);
  const beyond = medianOf(ratios) - 1;
  if (!isAgreed || Math.abs(beyond) < (3 * noise) / Math.sqrt(ratios.length)) return 1;
  return 1 + beyond * (ratios.length / (ratios.length + DOUBT_MONTHS));
}
