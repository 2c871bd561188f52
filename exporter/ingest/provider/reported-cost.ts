import { isObject, type JsonObject, numberAt, objectAt } from './json.ts';

/** 1 USD is this many of xAI's ticks. */
const TICKS_PER_USD = 10_000_000_000;

/** What a provider says in its usage that the call cost, in USD; absent where it does not say all of it. */
export function reportedCostUsd(provider: string, usage: JsonObject): number | undefined {
  const usd = READ[provider]?.(usage);
  return usd !== undefined && usd >= 0 ? usd : undefined;
}

const READ: Readonly<Record<string, (usage: JsonObject) => number | undefined>> = {
  // Credits, which are dollars. With the sender's own key at the upstream provider it is the fee alone, and the
  // upstream's charge comes on top; without, the charge is in it, whatever the details repeat.
  openrouter: (usage) => {
    const cost = numberAt(usage, 'cost');
    if (usage.is_byok !== true || cost === undefined) return cost;
    const upstream = numberAt(objectAt(usage, 'cost_details'), 'upstream_inference_cost');
    return upstream === undefined ? undefined : cost + upstream;
  },
  'x-ai': (usage) => {
    const ticks = numberAt(usage, 'cost_in_usd_ticks');
    return ticks === undefined ? undefined : ticks / TICKS_PER_USD;
  },
  perplexity: ({ cost }) => {
    if (!isObject(cost) || (cost.currency ?? 'USD') !== 'USD') return undefined;
    return numberAt(cost, 'total_cost');
  },
};
