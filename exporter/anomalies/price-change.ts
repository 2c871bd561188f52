import { METER, METERS } from '../domain/meters.ts';
import { type CauseEvidence, type Finding, mainOf, sumsBy } from './cause-evidence.ts';

/** Smaller differences are those of calls with long contexts and without. */
const LEAST_CHANGE = 0.05;

/**
 * What the window's own quantities cost more than at the former cost of a unit: the price effect, without that of
 * volume. By model and tier, so that a change of model is none.
 */
export function priceChange({ totals, usual }: CauseEvidence): Finding {
  const keyOf = ({ dimensions: { provider, model, service_tier } }: (typeof totals)[number]) =>
    JSON.stringify([model, provider, service_tier]);
  const before = sumsBy(usual, keyOf);
  const effects = new Map<string, number>();
  let nanoUsd = 0;
  for (const [key, now] of sumsBy(totals, keyOf)) {
    const then = before.get(key);
    if (!then) continue;
    const [model] = JSON.parse(key) as [string];
    for (let meter = 0; meter < METERS.length; meter++) {
      // What a sender reported is the cost of its calls: it has no price to change.
      if (meter === METER.request || now.quantities[meter] === 0 || then.quantities[meter] === 0) continue;
      const atFormer = now.quantities[meter]! * (then.costs[meter]! / then.quantities[meter]!);
      const effect = now.costs[meter]! - atFormer;
      if (Math.abs(effect) < LEAST_CHANGE * atFormer) continue;
      nanoUsd += effect;
      effects.set(model, (effects.get(model) ?? 0) + effect);
    }
  }
  return { kind: 'price_change', value: mainOf(effects), nanoUsd };
}
