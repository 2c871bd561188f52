import type { Charge } from '../domain/charge.ts';
import type { CallPatterns, LedgerTotal, MinuteCost } from '../domain/ledger-sums.ts';

export interface CallPatternQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly smallInputTokens: number;
  readonly smallOutputTokens: number;
}

export interface LedgerHealth {
  readonly up: boolean;
  /** Last failure, while down. */
  readonly error?: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * What survives a restart. Every operation that fails rejects with a `CodedError` of code `ledger_unavailable`
 * (retry later) or `ledger_busy` (too much waiting); nothing of a failed append is kept.
 */
export interface Ledger {
  /**
   * Stores charges durably. Resolves after the commit with one flag per charge: 1 stored, 0 seen before.
   * A charge is seen before if its (timestamp, id within the tenant) is stored, or its id is among the recent ones.
   */
  append(charges: readonly Charge[]): Promise<Uint8Array>;
  /** All-time sums in order of first appearance. */
  totals(): Promise<readonly LedgerTotal[]>;
  /** Sums over `[fromMs, toMs)`, exact to the millisecond as long as events are retained. */
  totalsBetween(fromMs: number, toMs: number): Promise<readonly LedgerTotal[]>;
  costByMinute(fromMs: number): Promise<readonly MinuteCost[]>;
  callPatterns(query: CallPatternQuery): Promise<CallPatterns>;
  health(): LedgerHealth;
  /** Waits for what was accepted, then closes. */
  close(): Promise<void>;
}
