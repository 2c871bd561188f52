import { createHash } from 'node:crypto';
import type { RateCard } from '../domain/charge.ts';
import { METER, METERS, TOKEN_METER_COUNT } from '../domain/meters.ts';
import type { Rates } from './meter-rates.ts';
import type { TierEffect } from './service-tiers.ts';

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

export function compileCard(terms: CardTerms): RateCard {
  const { tier, discountRatio, list } = terms;
  const charged = list.map((rate, meter) => scaled(rate, multiplierOf(tier, meter), discountRatio));
  const isCheaper = tier !== undefined && tier.multiplier < 1;
  return freezeCard(terms, charged, isCheaper ? list.map((rate) => scaled(rate, 1, discountRatio)) : null);
}

function multiplierOf(tier: TierEffect | undefined, meter: number): number | undefined {
  if (meter >= TOKEN_METER_COUNT) return 1;
  const isCacheRead = meter === METER.cache_read || meter === METER.cache_read_audio;
  if (!tier || (isCacheRead && tier.cacheReads === 'unknown')) return undefined;
  return isCacheRead && tier.cacheReads === 'list' ? 1 : tier.multiplier;
}

function scaled(rate: number | null, multiplier: number | undefined, discountRatio: number): number | null {
  if (rate === null || multiplier === undefined) return null;
  if (multiplier === 1 && discountRatio === 0) return rate;
  return Math.round(rate * multiplier * (1 - discountRatio));
}

/** The card of a charge whose cost came with the event: it has no rates. */
export function reportedCard(provider: string, model: string, serviceTier: string): RateCard {
  const none = METERS.map(() => null);
  return freezeCard({ source: 'reported', provider, model, serviceTier, list: none }, none, null);
}

function freezeCard(
  terms: Pick<CardTerms, 'source' | 'provider' | 'model' | 'serviceTier' | 'list'>,
  charged: Rates,
  standard: Rates | null,
): RateCard {
  const { source, provider, model, serviceTier, list } = terms;
  const rates = {
    ratesPico: Object.freeze([...charged]),
    listRatesPico: Object.freeze([...list]),
    standardRatesPico: standard && Object.freeze([...standard]),
  };
  const id = createHash('sha256')
    .update(JSON.stringify([source, provider, model, serviceTier, rates]))
    .digest('hex')
    .slice(0, 16);
  return Object.freeze({ id, source, provider, model, serviceTier, ...rates });
}
