import type { UnpricedReason } from './charge.ts';
import type { PerMeter } from './meters.ts';
import type { Dimensions } from './usage-event.ts';

/** Sums over all charges of one dimension set (and one reason, where there was no price). */
export interface LedgerTotal {
  readonly dimensions: Dimensions;
  readonly unpricedReason: UnpricedReason | '';
  readonly quantities: PerMeter;
  readonly costs: PerMeter;
  readonly savedByCacheNanoUsd: number;
  readonly savedByTierNanoUsd: number;
  /** What senders said that their calls cost, and what the same calls cost by our prices. */
  readonly reportedNanoUsd: number;
  readonly computedNanoUsd: number;
}

/** What one dimension set cost in the minute that begins at `atMs`. */
export interface MinuteCost {
  readonly dimensions: Dimensions;
  readonly atMs: number;
  readonly costNanoUsd: number;
}

/** What recent calls looked like: the evidence of the opportunity detectors. Unpriced calls are not in it. */
export interface CallPatterns {
  /** Hours that the rows cover. */
  readonly windowHours: number;
  readonly repeatedPrompts: readonly RepeatedPrompts[];
  readonly smallRequests: readonly SmallRequests[];
}

/** Calls whose prompt hash was seen more than once, by (tenant, provider, model). */
export interface RepeatedPrompts {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  /** Distinct prompts. */
  readonly groups: number;
  readonly calls: number;
  readonly costNanoUsd: number;
  /** All calls but the dearest of each group: what a response cache would have saved. */
  readonly repeatCostNanoUsd: number;
}

/** Calls below the configured size, by (tenant, provider, model). */
export interface SmallRequests {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly quantities: PerMeter;
  readonly costNanoUsd: number;
}
