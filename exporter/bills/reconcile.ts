import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { TOKEN_METER_COUNT } from '../domain/meters.ts';
import { canonicalProvider } from '../domain/provider-name.ts';
import type { Bill } from './bill.ts';
import { isBooked } from './booking.ts';
import { DAY_MS } from './utc-days.ts';

/** One UTC day of a provider, its bill beside what was counted. What nobody knows is undefined. */
export interface ReconciledDay {
  readonly dayMs: number;
  readonly reportedNanoUsd: number | undefined;
  readonly computedNanoUsd: number;
  readonly reportedTokens: number | undefined;
  readonly computedTokens: number;
  /** Reported less computed, of finished days. */
  readonly driftNanoUsd: number | undefined;
  readonly driftRatio: number | undefined;
}

export interface ReconcileOptions {
  readonly provider: string;
  /** What is booked from the bill counts as computed, and agreement is not worth a row. */
  readonly billOnly: boolean;
  readonly nowMs: number;
}

/** `totals` are the ledger's sums of that day. */
export function reconcile(
  dayMs: number,
  bill: Bill,
  totals: readonly LedgerTotal[],
  { provider, billOnly, nowMs }: ReconcileOptions,
): ReconciledDay {
  let computedNanoUsd = 0;
  let computedTokens = 0;
  for (const { dimensions, quantities, costs } of totals) {
    if (canonicalProvider(dimensions.provider) !== provider) continue;
    if (isBooked(dimensions) && !billOnly) continue;
    for (const cost of costs) computedNanoUsd += cost;
    for (let meter = 0; meter < TOKEN_METER_COUNT; meter++) computedTokens += quantities[meter]!;
  }
  const reportedNanoUsd = bill.nanoUsdByDay.get(dayMs);
  const isFinished = dayMs + DAY_MS <= nowMs;
  const driftNanoUsd =
    reportedNanoUsd === undefined || !isFinished ? undefined : reportedNanoUsd - computedNanoUsd;
  const isShown = driftNanoUsd !== undefined && (!billOnly || driftNanoUsd !== 0);
  return {
    dayMs,
    reportedNanoUsd,
    computedNanoUsd,
    reportedTokens: bill.tokensByDay.get(dayMs),
    computedTokens,
    driftNanoUsd: isShown ? driftNanoUsd : undefined,
    driftRatio: isShown && reportedNanoUsd! > 0 ? driftNanoUsd / reportedNanoUsd! : undefined,
  };
}
