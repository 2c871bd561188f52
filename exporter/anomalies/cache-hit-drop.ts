import { METER } from '../domain/meters.ts';
import { type CauseEvidence, type Finding, mainOf, type Sums, sumsBy } from './cause-evidence.ts';
import { sumOf } from './sum.ts';

/** What a prompt's tokens are billed as: read from the cache, or not. */
const PROMPT_METERS = [METER.input, METER.cache_read, METER.cache_write_5m, METER.cache_write_1h];
/** By how much less of all prompt tokens came from the cache. */
const LEAST_DROP = 0.1;

/** What the window's prompts cost more than they would have with the former shares of cached and uncached tokens. */
export function cacheHitDrop({ totals, usual }: CauseEvidence): Finding {
  const keyOf = ({ dimensions: { provider, model } }: (typeof totals)[number]) =>
    JSON.stringify([model, provider]);
  const before = sumsBy(usual, keyOf);
  const effects = new Map<string, number>();
  for (const [key, now] of sumsBy(totals, keyOf)) {
    const then = before.get(key);
    if (!then || shareOf(then, METER.cache_read) - shareOf(now, METER.cache_read) < LEAST_DROP) continue;
    const [model] = JSON.parse(key) as [string];
    effects.set(model, (effects.get(model) ?? 0) + Math.max(moreThanAtSharesOf(then, now), 0));
  }
  const nanoUsd = sumOf(effects.values());
  return { kind: 'cache_hit_drop', value: mainOf(effects), nanoUsd };
}

function moreThanAtSharesOf(then: Sums, now: Sums): number {
  let difference = 0;
  for (const meter of PROMPT_METERS) {
    // The price of today, where there is one.
    const { quantities, costs } = now.quantities[meter]! > 0 ? now : then;
    if (quantities[meter] === 0) continue;
    const atFormerShare = promptTokens(now) * shareOf(then, meter);
    difference += now.costs[meter]! - atFormerShare * (costs[meter]! / quantities[meter]!);
  }
  return difference;
}

function shareOf(sums: Sums, meter: number): number {
  const all = promptTokens(sums);
  return all === 0 ? 0 : sums.quantities[meter]! / all;
}

function promptTokens({ quantities }: Sums): number {
  return sumOf(PROMPT_METERS.map((meter) => quantities[meter]!));
}
