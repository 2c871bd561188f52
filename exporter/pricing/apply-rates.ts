import type { Price, RateCard, Unpriced, UnpricedReason } from '../domain/charge.ts';
import { METER, METERS, type PerMeter } from '../domain/meters.ts';
import { costNanoUsd } from '../domain/money.ts';
import type { CompiledCard } from './rate-card.ts';

const INPUT_METERS = [
  METER.input,
  METER.input_audio,
  METER.input_image,
  METER.cache_read,
  METER.cache_read_audio,
  METER.cache_write_5m,
  METER.cache_write_1h,
];

/** All that was sent, cached or not: what long-context prices look at. */
export function totalInput(quantities: PerMeter): number {
  let total = 0;
  for (const meter of INPUT_METERS) total += quantities[meter] ?? 0;
  return total;
}

type OneForEach<T extends readonly unknown[]> = { -readonly [index in keyof T]: number };

/**
 * Zeros in an array of doubles, which a fraction in the literal makes it: an array of small integers is converted as
 * costs come in, which takes as long as the rest of the price. The type holds the length to the number of meters.
 */
function noCosts(): number[] {
  const costs: OneForEach<typeof METERS> = [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  costs[0] = 0;
  return costs;
}

const UNPRICED: Readonly<Record<UnpricedReason, Unpriced>> = {
  unknown_provider: Object.freeze({ kind: 'unpriced', reason: 'unknown_provider' }),
  unknown_model: Object.freeze({ kind: 'unpriced', reason: 'unknown_model' }),
  unknown_meter: Object.freeze({ kind: 'unpriced', reason: 'unknown_meter' }),
};

export function unpriced(reason: UnpricedReason): Unpriced {
  return UNPRICED[reason];
}

/** Unpriced as a whole if any meter that counted something has no rate. */
export function applyRates(compiled: CompiledCard, quantities: PerMeter): Price {
  const { rates, standardRates } = compiled;
  const costs = noCosts();
  let cost = 0;
  let standardCost = 0;
  for (let meter = 0; meter < METERS.length; meter++) {
    const quantity = quantities[meter] as number;
    if (quantity === 0) continue;
    const rate = rates[meter] as number;
    if (Number.isNaN(rate)) return UNPRICED.unknown_meter;
    const meterCost = costNanoUsd(quantity, rate);
    costs[meter] = meterCost;
    cost += meterCost;
    if (standardRates) standardCost += costNanoUsd(quantity, standardRates[meter] as number);
  }
  return {
    kind: 'priced',
    card: compiled.card,
    costs,
    costNanoUsd: cost,
    savedByCacheNanoUsd:
      costNanoUsd(quantities[METER.cache_read] as number, compiled.savedPerCacheRead) +
      costNanoUsd(quantities[METER.cache_read_audio] as number, compiled.savedPerAudioCacheRead),
    savedByTierNanoUsd: standardRates ? Math.max(0, standardCost - cost) : 0,
  };
}

/** What the sender says it cost, on the `request` meter. */
export function reportedPrice(card: RateCard, reportedNanoUsd: number): Price {
  const costs = noCosts();
  costs[METER.request] = reportedNanoUsd;
  return {
    kind: 'priced',
    card,
    costs,
    costNanoUsd: reportedNanoUsd,
    savedByCacheNanoUsd: 0,
    savedByTierNanoUsd: 0,
  };
}
