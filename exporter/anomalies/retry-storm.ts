import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { METER } from '../domain/meters.ts';
import { type CauseEvidence, costOf, type Finding, mainOf } from './cause-evidence.ts';
import { sumOf } from './sum.ts';

/** The share of calls without a usable answer must have grown by both; else there is just more of everything. */
const LEAST_RISE = 0.05;
const LEAST_FACTOR = 1.5;

/** What calls without a usable answer cost more than usually. */
export function retryStorm({ totals, usual, usualWindows }: CauseEvidence): Finding {
  const now = failedShare(totals);
  const then = failedShare(usual);
  const excess = new Map<string, number>();
  if (now >= then + LEAST_RISE && now >= then * LEAST_FACTOR) {
    const add = ({ dimensions: { model } }: LedgerTotal, nanoUsd: number) =>
      excess.set(model, (excess.get(model) ?? 0) + nanoUsd);
    for (const total of totals.filter(isFailed)) add(total, costOf(total));
    for (const total of usual.filter(isFailed)) add(total, -costOf(total) / usualWindows);
  }
  const nanoUsd = sumOf(excess.values());
  return { kind: 'retry_storm', value: mainOf(excess), nanoUsd };
}

function isFailed({ dimensions }: LedgerTotal): boolean {
  return dimensions.status !== 'success';
}

function failedShare(totals: readonly LedgerTotal[]): number {
  const calls = (some: readonly LedgerTotal[]) =>
    sumOf(some.map(({ quantities }) => quantities[METER.request]!));
  const all = calls(totals);
  return all === 0 ? 0 : calls(totals.filter(isFailed)) / all;
}
