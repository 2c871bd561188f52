import type { Charge, UnpricedReason } from '../domain/charge.ts';
import type { PerMeter } from '../domain/meters.ts';
import type { Dimensions } from '../domain/usage-event.ts';

/** Sums over all charges of one dimension set (and one reason, where there was no price). */
export interface LedgerTotal {
  readonly dimensions: Dimensions;
  readonly unpricedReason: UnpricedReason | '';
  readonly quantities: PerMeter;
  readonly costs: PerMeter;
  readonly savedByCacheNanoUsd: number;
  readonly savedByTierNanoUsd: number;
}

/** What one dimension set cost in the minute that begins at `atMs`. */
export interface MinuteCost {
  readonly dimensions: Dimensions;
  readonly atMs: number;
  readonly costNanoUsd: number;
}

/** Calls that sent the same prompt hash to the same model within a window. */
export interface RepeatedPrompts {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  /** Distinct prompts that came more than once. */
  readonly groups: number;
  readonly calls: number;
  readonly costNanoUsd: number;
  /** Cost of all calls but the dearest of each group. */
  readonly repeatCostNanoUsd: number;
}

export interface SmallRequests {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly quantities: PerMeter;
  readonly costNanoUsd: number;
}

/** What recent calls looked like, for the opportunity detectors. */
export interface CallPatterns {
  /** Hours that the window really covers. */
  readonly windowHours: number;
  readonly repeatedPrompts: readonly RepeatedPrompts[];
  readonly smallRequests: readonly SmallRequests[];
}

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
