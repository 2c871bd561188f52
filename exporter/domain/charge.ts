import type { PerMeter } from './meters.ts';
import type { UsageEvent } from './usage-event.ts';

/** Why an event has no price. Never the same as costing nothing. */
export const UNPRICED_REASONS = [
  'unknown_provider',
  'unknown_model',
  'unknown_meter',
  'unknown_service_tier',
] as const;
export type UnpricedReason = (typeof UNPRICED_REASONS)[number];

/** A price resolved for one (provider, model, service tier, context size, time). Frozen, kept in the ledger by `id`. */
export interface RateCard {
  /** Stable hash of everything below: the same prices have the same id in every process. */
  readonly id: string;
  /** Where it comes from, for people: `genai-prices/0.1.8 openai/gpt-4o`, `overlay.yaml models[2]`, `reported`. */
  readonly source: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  /** Pico-USD per unit of each meter after discounts; `null` where the price is unknown. */
  readonly ratesPico: readonly (number | null)[];
  /** The same before service-tier multipliers and discounts. */
  readonly listRatesPico: readonly (number | null)[];
  /** What the standard tier would charge, after discounts; only where the card's own tier is cheaper. */
  readonly standardRatesPico: readonly (number | null)[] | null;
}

export interface Priced {
  readonly kind: 'priced';
  readonly card: RateCard;
  /** Nano-USD per meter; `costNanoUsd` is their sum. */
  readonly costs: PerMeter;
  readonly costNanoUsd: number;
  /** Nano-USD not spent, against uncached input at the same card and against the list rates. */
  readonly savedByCacheNanoUsd: number;
  readonly savedByTierNanoUsd: number;
}

export interface Unpriced {
  readonly kind: 'unpriced';
  readonly reason: UnpricedReason;
}

export type Price = Priced | Unpriced;

/** What the sender and we say that one call cost; undefined unless both have said something of their own. */
export function comparedCosts(
  { reportedCostNanoUsd }: { readonly reportedCostNanoUsd: number | undefined },
  price: Price,
): { readonly reportedNanoUsd: number; readonly computedNanoUsd: number } | undefined {
  if (reportedCostNanoUsd === undefined || price.kind === 'unpriced' || isReported(price.card))
    return undefined;
  return { reportedNanoUsd: reportedCostNanoUsd, computedNanoUsd: price.costNanoUsd };
}

/** A card of a charge whose cost came with the event. */
export function isReported({ source }: RateCard): boolean {
  return source === 'reported';
}

/** An event with its price: what the ledger keeps and everything downstream counts. */
export interface Charge {
  readonly event: UsageEvent;
  readonly price: Price;
}
