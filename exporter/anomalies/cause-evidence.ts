import type { AnomalyCause } from '../domain/anomaly.ts';
import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { METERS } from '../domain/meters.ts';
import { sumOf } from './sum.ts';

/** What a window cost, and what windows like it cost. */
export interface CauseEvidence {
  readonly totals: readonly LedgerTotal[];
  /** Of all windows of the past that it is compared with, and how many those are. */
  readonly usual: readonly LedgerTotal[];
  readonly usualWindows: number;
}

/** How much of an excess something would explain, before that is held against the excess. */
export type Finding = Pick<AnomalyCause, 'kind' | 'value' | 'nanoUsd'>;

export function costOf({ costs }: LedgerTotal): number {
  return sumOf(costs);
}

export function costOfAll(totals: readonly LedgerTotal[]): number {
  return sumOf(totals.map(costOf));
}

/** Sums per meter of the totals that have the same key. */
export interface Sums {
  readonly quantities: number[];
  readonly costs: number[];
}

export function sumsBy(
  totals: readonly LedgerTotal[],
  keyOf: (total: LedgerTotal) => string,
): ReadonlyMap<string, Sums> {
  const found = new Map<string, Sums>();
  for (const total of totals) {
    const key = keyOf(total);
    let sums = found.get(key);
    if (!sums) {
      sums = { quantities: METERS.map(() => 0), costs: METERS.map(() => 0) };
      found.set(key, sums);
    }
    for (let meter = 0; meter < METERS.length; meter++) {
      sums.quantities[meter]! += total.quantities[meter]!;
      sums.costs[meter]! += total.costs[meter]!;
    }
  }
  return found;
}

/** The key of the largest amount if it is at least half of them all, else empty: no single one is it. */
export function mainOf(amounts: ReadonlyMap<string, number>): string {
  let all = 0;
  let largest = ['', 0] as readonly [string, number];
  for (const [key, amount] of amounts) {
    all += amount;
    if (amount > largest[1]) largest = [key, amount];
  }
  return largest[1] >= all / 2 ? largest[0] : '';
}
