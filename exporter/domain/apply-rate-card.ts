import type { Priced, RateCard } from './charge.ts';
import { emptyPerMeter, METER, type PerMeter } from './meters.ts';
import { costNanoUsd } from './money.ts';

/** What a card makes of a call's quantities, or `undefined` if it lacks a rate for something that was used. */
export function applyRateCard(card: RateCard, quantities: PerMeter): Priced | undefined {
  const costs = new Array<number>(quantities.length);
  let total = 0;
  let list = 0;
  for (let meter = 0; meter < quantities.length; meter++) {
    const quantity = quantities[meter]!;
    if (quantity === 0) {
      costs[meter] = 0;
      continue;
    }
    const rate = card.ratesPico[meter];
    if (rate == null) return undefined;
    const cost = costNanoUsd(quantity, rate);
    costs[meter] = cost;
    total += cost;
    list += costNanoUsd(quantity, card.listRatesPico[meter] ?? rate);
  }
  return {
    kind: 'priced',
    card,
    costs,
    costNanoUsd: total,
    savedByCacheNanoUsd: savedByCache(card, quantities),
    savedByTierNanoUsd: Math.max(0, list - total),
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

function savedByCache(card: RateCard, quantities: PerMeter): number {
  const cached = quantities[METER.cache_read]!;
  const fresh = card.ratesPico[METER.input];
  const reread = card.ratesPico[METER.cache_read];
  if (cached === 0 || fresh == null || reread == null || fresh <= reread) return 0;
  return costNanoUsd(cached, fresh - reread);
}
