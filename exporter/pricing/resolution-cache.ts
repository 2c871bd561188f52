import type { RateCard, Unpriced } from '../domain/charge.ts';
import { canonicalProvider } from '../domain/provider-name.ts';
import { reportedCard } from './rate-card.ts';
import { canonicalTier } from './service-tiers.ts';

/** What a (provider, model, service tier) costs during `[fromMs, untilMs)`. */
export interface Resolution {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly outcome: Unpriced | ContextCards;
}

export interface ContextCards {
  readonly kind: 'cards';
  readonly contextSteps: readonly number[];
  /** One for each step, the first for calls below all of them. */
  readonly cards: readonly RateCard[];
}

export type Resolve = (provider: string, model: string, tier: string, atMs: number) => Resolution;

/** Names come from outside, so both bounds hold against names made up without end and replays of years. */
const MAX_ENTRIES = 20_000;
const MAX_PERIODS = 64;

/**
 * Remembers resolutions by the names as they arrive, for as long as they hold. Forgets all when it is full.
 * The maps are nested because joining the names into one key costs more than three look-ups.
 */
export class ResolutionCache {
  readonly #resolve: Resolve;
  readonly #entries = new Map<string, Map<string, Map<string, Entry>>>();
  #size = 0;

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  outcomeAt(provider: string, model: string, tier: string, atMs: number): Unpriced | ContextCards {
    const entry = this.#entry(provider, model, tier);
    const latest = entry.latest;
    if (latest && holdsAt(latest, atMs)) return latest.outcome;
    let period = entry.periods.find((known) => holdsAt(known, atMs));
    if (!period) {
      period = this.#resolve(provider, model, tier, atMs);
      if (entry.periods.length >= MAX_PERIODS) entry.periods.shift();
      entry.periods.push(period);
    }
    entry.latest = period;
    return period.outcome;
  }

  reportedCard(provider: string, model: string, tier: string): RateCard {
    const entry = this.#entry(provider, model, tier);
    entry.reported ??= reportedCard(canonicalProvider(provider), model, canonicalTier(tier));
    return entry.reported;
  }

  #entry(provider: string, model: string, tier: string): Entry {
    return this.#entries.get(provider)?.get(model)?.get(tier) ?? this.#addEntry(provider, model, tier);
  }

  #addEntry(provider: string, model: string, tier: string): Entry {
    if (this.#size >= MAX_ENTRIES) {
      this.#entries.clear();
      this.#size = 0;
    }
    const entry: Entry = { periods: [], latest: undefined, reported: undefined };
    const byModel = this.#entries.get(provider) ?? new Map<string, Map<string, Entry>>();
    const byTier = byModel.get(model) ?? new Map<string, Entry>();
    this.#entries.set(provider, byModel.set(model, byTier.set(tier, entry)));
    this.#size += 1;
    return entry;
  }
}

interface Entry {
  readonly periods: Resolution[];
  latest: Resolution | undefined;
  reported: RateCard | undefined;
}

function holdsAt(period: Resolution, atMs: number): boolean {
  return period.fromMs <= atMs && atMs < period.untilMs;
}
