import { quantileOf } from '../domain/order-statistics.ts';
import type { BacktestOutcome } from './backtest.ts';

const BAND = 0.9;
/** The root error of a month that is assumed before the series has shown its own, and how many windows that is worth. */
const ASSUMED = 0.11;
const ASSUMED_WINDOWS = 1;
const WIDENING = 0.7;

/** Half width of the 90 % band, as a root error, of sums of so many (also broken) days. */
export type BandWidth = (days: number) => number;

/**
 * Errors of sums of half to twice as many days are pooled; their 90 % quantile is the width, wider where the windows
 * are few, mixed with what is assumed of any series.
 */
export function bandWidth({ errors, testedDays }: BacktestOutcome): BandWidth {
  const tested = [...new Set(errors.map(({ days }) => days))].sort((a, b) => a - b);
  const longest = tested.at(-1) ?? 0;
  const known = new Map<number, number>();
  const widthOf = (days: number): number => {
    const cached = known.get(days);
    if (cached !== undefined) return cached;
    const at = Math.min(days, longest);
    const comparable = errors.filter((error) => error.days * 2 >= at && error.days <= at * 2);
    const windows = testedDays / days;
    const roots = comparable.map(({ root }) => Math.abs(root));
    const own = roots.length === 0 ? 0 : quantileOf(roots, BAND) * (1 + WIDENING / (1 + windows));
    const assumed = ASSUMED * Math.sqrt(1 + 7 / days);
    const trust = roots.length === 0 ? 0 : windows / (windows + ASSUMED_WINDOWS);
    const width = Math.sqrt(trust * own ** 2 + (1 - trust) * Math.max(assumed, own) ** 2);
    known.set(days, width);
    return width;
  };
  return (days) => {
    if (days <= 1) return widthOf(1) / Math.sqrt(Math.max(days, 1 / 24));
    const below = Math.floor(days);
    const low = widthOf(below);
    return days === below ? low : low + (days - below) * (widthOf(below + 1) - low);
  };
}
