import type { BudgetUnit } from '../domain/budget.ts';
import type { BudgetScope, ScopeField } from '../domain/budget-scope.ts';
import type { Charge } from '../domain/charge.ts';
import type { CallPatterns, LedgerTotal, MinuteCost } from '../domain/ledger-sums.ts';
import type { HourlyQuery, SelectedSeries } from '../domain/series.ts';

export interface CallPatternQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly smallInputTokens: number;
  readonly smallOutputTokens: number;
}

/** What to add up: the charges of `[fromMs, toMs)` in the scope, in the unit's amounts, by the value of `each` if there is one. */
export interface AmountQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  readonly each: ScopeField | undefined;
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
  /**
   * Row of the last stored charge, answered in order with appends: every charge whose append has resolved is at or
   * below it, every other above.
   */
  position(): Promise<number>;
  /**
   * Sums over the charges up to `throughRow`, one map for each query: by subject where it has `each` (charges without
   * one are left out), else under the empty string. Exact however much is stored meanwhile; read beside the writer.
   */
  amounts(
    throughRow: number,
    queries: readonly AmountQuery[],
  ): Promise<readonly ReadonlyMap<string, number>[]>;
  /**
   * Hours from the ledger's first charge on (later if the query starts later), one list of series for each selection,
   * the largest first; one series, maybe of zeros, for a selection without `by`. Read beside the writer.
   */
  hourly(query: HourlyQuery): Promise<readonly (readonly SelectedSeries[])[]>;
  callPatterns(query: CallPatternQuery): Promise<CallPatterns>;
  health(): LedgerHealth;
  /** Waits for what was accepted, then closes. */
  close(): Promise<void>;
}
