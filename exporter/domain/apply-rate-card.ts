import type { Priced, RateCard } from './charge.ts';
import { emptyPerMeter, METER, type PerMeter } from './meters.ts';
import { costNanoUsd } from './money.ts';

/**
 * What a card makes of a call's quantities, or `undefined` if it lacks a rate for something that was used. The same
 * card and quantities give the same costs in every process: the ledger relies on it.
 */
export function applyRateCard(card: RateCard, quantities: PerMeter): Priced | undefined {
  const { ratesPico, standardRatesPico } = card;
  const costs = emptyPerMeter();
  let cost = 0;
  let standardCost = 0;
  for (let meter = 0; meter < quantities.length; meter++) {
    const quantity = quantities[meter]!;
    if (quantity === 0) continue;
    const rate = ratesPico[meter];
    if (rate == null) return undefined;
    const meterCost = costNanoUsd(quantity, rate);
    costs[meter] = meterCost;
    cost += meterCost;
    if (standardRatesPico) standardCost += costNanoUsd(quantity, standardRatesPico[meter]!);
  }
  return {
    kind: 'priced',
    card,
    costs,
    costNanoUsd: cost,
    savedByCacheNanoUsd:
      saved(card, quantities, METER.input, METER.cache_read) +
      saved(card, quantities, METER.input_audio, METER.cache_read_audio),
    savedByTierNanoUsd: standardRatesPico ? Math.max(0, standardCost - cost) : 0,
  };
}

/** The sender's own figure for the whole call, under a card that says so. */
export function reportedPrice(card: RateCard, reportedNanoUsd: number): Priced {
  const costs = emptyPerMeter();
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

/** What reading from the cache saved against sending afresh; 0 where either rate is unknown or it is no cheaper. */
function saved({ ratesPico }: RateCard, quantities: PerMeter, fresh: number, cached: number): number {
  const quantity = quantities[cached]!;
  if (quantity === 0) return 0;
  const difference = (ratesPico[fresh] ?? 0) - (ratesPico[cached] ?? 0);
  return difference > 0 ? costNanoUsd(quantity, difference) : 0;
}
