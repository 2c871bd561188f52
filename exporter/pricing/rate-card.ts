import { createHash } from 'node:crypto';
import type { RateCard } from '../domain/charge.ts';
import { METER, METERS, TOKEN_METER_COUNT } from '../domain/meters.ts';
import type { Rates } from './meter-rates.ts';
import type { TierEffect } from './service-tiers.ts';

/** A card with what the multiplication needs besides it. */
export interface CompiledCard {
  readonly card: RateCard;
  /** `card.ratesPico`, `NaN` where unknown. */
  readonly rates: Float64Array;
  /** The rates that the call would have had on the standard tier, where its own tier is cheaper. */
  readonly standardRates: Float64Array | undefined;
  /** Pico-USD saved by each cache read; 0 where a read is not cheaper or a rate is unknown. */
  readonly savedPerCacheRead: number;
  readonly savedPerAudioCacheRead: number;
}

export interface CardTerms {
  readonly source: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly list: Rates;
  /** Absent: the tier's price is unknown, and so is every token rate. */
  readonly tier: TierEffect | undefined;
  /** 0.15 takes 15 % off every meter. */
  readonly discountRatio: number;
}

export function compileCard(terms: CardTerms): CompiledCard {
  const { tier, discountRatio, list } = terms;
  const charged = list.map((rate, meter) => scaled(rate, multiplierOf(tier, meter), discountRatio));
  const rates = Float64Array.from(charged, (rate) => rate ?? Number.NaN);
  const standard = list.map((rate) => scaled(rate, 1, discountRatio));
  return {
    card: freezeCard(terms, charged),
    rates,
    standardRates:
      tier && tier.multiplier < 1 ? Float64Array.from(standard, (rate) => rate ?? Number.NaN) : undefined,
    savedPerCacheRead: difference(rates, METER.input, METER.cache_read),
    savedPerAudioCacheRead: difference(rates, METER.input_audio, METER.cache_read_audio),
  };
}

function multiplierOf(tier: TierEffect | undefined, meter: number): number | undefined {
  if (meter >= TOKEN_METER_COUNT) return 1;
  const isCacheRead = meter === METER.cache_read || meter === METER.cache_read_audio;
  if (!tier || (isCacheRead && tier.cacheReads === 'unknown')) return undefined;
  return isCacheRead && tier.cacheReads === 'list' ? 1 : tier.multiplier;
}

function scaled(rate: number | null, multiplier: number | undefined, discountRatio: number): number | null {
  if (rate === null || multiplier === undefined) return null;
  return Math.round(rate * multiplier * (1 - discountRatio));
}

function difference(rates: Float64Array, from: number, to: number): number {
  const saved = (rates[from] ?? 0) - (rates[to] ?? 0);
  return Number.isNaN(saved) ? 0 : Math.max(saved, 0);
}

/** The card of a charge whose cost came with the event: it has no rates. */
export function reportedCard(provider: string, model: string, serviceTier: string): RateCard {
  const none = METERS.map(() => null);
  return freezeCard({ source: 'reported', provider, model, serviceTier, list: none }, none);
}

function freezeCard(
  terms: Pick<CardTerms, 'source' | 'provider' | 'model' | 'serviceTier' | 'list'>,
  charged: Rates,
): RateCard {
  const { source, provider, model, serviceTier, list } = terms;
  const ratesPico = Object.freeze([...charged]);
  const listRatesPico = Object.freeze([...list]);
  const id = createHash('sha256')
    .update(JSON.stringify([source, provider, model, serviceTier, ratesPico, listRatesPico]))
    .digest('hex')
    .slice(0, 16);
  return Object.freeze({ id, source, provider, model, serviceTier, ratesPico, listRatesPico });
}
