import { createHash } from 'node:crypto';
import { applyRateCard, reportedPrice } from '../domain/apply-rate-card.ts';
import type { Price, RateCard, UnpricedReason } from '../domain/charge.ts';
import { METER, type PerMeter } from '../domain/meters.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';
import type { UsageEvent } from '../domain/usage-event.ts';
import { CATALOGUE_MADE_MS, CATALOGUE_NAME, CATALOGUE_VERSION } from './catalogue.ts';
import { type GpuRate, gpuRateFor, resolveGpu } from './gpu-rates.ts';
import { createOverlay, type OverlayRules } from './overlay.ts';
import { type ContextCards, ResolutionCache } from './resolution-cache.ts';
import { resolveModel } from './resolve-model.ts';
import { PRICED_RESOURCES, type ResourceRate, resolveResource } from './resource-rates.ts';
import { totalInput } from './total-input.ts';
import { unpriced } from './unpriced.ts';

/** The configuration's `pricing` section with its GPU and resource rates and the file's name for messages. */
export interface PricingOptions extends OverlayRules {
  /** When the sender's own cost counts. */
  readonly reported_cost: 'ignore' | 'when_unpriced' | 'always';
  /** `model` is part of the GPU's name, any case; the first match counts. */
  readonly gpuRates: readonly GpuRate[];
  /** None if absent. */
  readonly resourceRates?: readonly ResourceRate[];
}

export interface Pricing {
  /** Price as of the event's own time. The same event and options always give the same price. */
  price(event: UsageEvent): Price;
  /**
   * Nano-USD of the summed quantities of calls that are all below long-context prices, on the standard tier, at a time;
   * `undefined` where they have no price.
   */
  priceAt(provider: string, model: string, quantities: PerMeter, atMs: number): number | undefined;
  /** Nano-USD per hour of a GPU by its name, `undefined` without a rate. */
  gpuHourlyNanoUsd(gpuModel: string): number | undefined;
  readonly tables: readonly PriceTable[];
}

export interface PriceTable {
  readonly source: string;
  readonly version: string;
  /** When it was made; absent where nobody knows. */
  readonly madeMs?: number;
}

export function createPricing(options: PricingOptions): Pricing {
  const overlay = createOverlay(options);
  const { gpuRates, resourceRates = [], file } = options;
  const models = new ResolutionCache((provider, model, tier, atMs) =>
    resolveModel(overlay, provider, model, tier, atMs),
  );
  const gpus = new ResolutionCache((provider, model) => resolveGpu(gpuRates, file, provider, model));
  const resources: ReadonlyMap<string, ResolutionCache> = new Map(
    PRICED_RESOURCES.map((resource) => [
      resource,
      new ResolutionCache((provider, sku) =>
        resolveResource({ rates: resourceRates, gpuRates, file }, resource, provider, sku),
      ),
    ]),
  );

  /** By what the event is made of: whole seconds are a sampled GPU's, everything else that is no call a resource's. */
  function cacheFor({ dimensions, quantities }: UsageEvent): ResolutionCache {
    if (dimensions.category === 'api_external') return models;
    if (quantities[METER.gpu_second] !== 0) return gpus;
    return resources.get(dimensions.operation) ?? models;
  }

  function price(event: UsageEvent): Price {
    const { provider, model, service_tier: tier } = event.dimensions;
    const cache = cacheFor(event);
    const reported = event.reportedCostNanoUsd;
    if (reported !== undefined && options.reported_cost === 'always') {
      return reportedPrice(cache.reportedCard(provider, model, tier), reported);
    }
    const outcome = cache.outcomeAt(provider, model, tier, event.timestampMs);
    const computed = outcome.kind === 'unpriced' ? outcome : priceBy(outcome, event.quantities);
    if (computed.kind === 'unpriced' && reported !== undefined && options.reported_cost === 'when_unpriced') {
      return reportedPrice(cache.reportedCard(provider, model, tier), reported);
    }
    return computed;
  }

  function priceAt(provider: string, model: string, quantities: PerMeter, atMs: number): number | undefined {
    const outcome = models.outcomeAt(provider, model, '', atMs);
    if (outcome.kind === 'unpriced') return undefined;
    return applyRateCard(outcome.cards[0]!, quantities)?.costNanoUsd;
  }

  return {
    price,
    priceAt,
    gpuHourlyNanoUsd: (gpuModel) => {
      const found = gpuRateFor(gpuRates, gpuModel);
      return found && nanoUsdFromUsd(found.rate.usd_per_hour);
    },
    tables: priceTables(options),
  };
}

function priceBy(cards: ContextCards, quantities: PerMeter): Price {
  const card = cardFor(cards, quantities);
  const price = applyRateCard(card, quantities);
  if (!price) return unpriced(whatIsMissing(card, quantities));
  // 9 million dollars: a rate or a quantity is mistaken, and no ledger could hold the sum.
  return price.costNanoUsd <= Number.MAX_SAFE_INTEGER ? price : unpriced('unknown_meter');
}

/** The tier, where the price list has a rate for everything that was used. */
function whatIsMissing({ listRatesPico }: RateCard, quantities: PerMeter): UnpricedReason {
  const isListed = quantities.every((quantity, meter) => quantity === 0 || listRatesPico[meter] !== null);
  return isListed ? 'unknown_service_tier' : 'unknown_meter';
}

function cardFor({ contextSteps, cards }: ContextCards, quantities: PerMeter): RateCard {
  let step = 0;
  // Tokens without a call are those of many calls, of which nothing says how long each one's context was.
  if (contextSteps.length > 0 && quantities[METER.request] !== 0) {
    const total = totalInput(quantities);
    while (step < contextSteps.length && total > (contextSteps[step] as number)) step += 1;
  }
  return cards[step] as RateCard;
}

function priceTables(options: PricingOptions): PriceTable[] {
  const { models, discounts, service_tiers, gpuRates, resourceRates = [], file } = options;
  const catalogue = { source: CATALOGUE_NAME, version: CATALOGUE_VERSION, madeMs: CATALOGUE_MADE_MS };
  const rules: (readonly unknown[])[] = [models, discounts, service_tiers, gpuRates];
  // Prices of models are the same version with and without an empty list of these.
  if (resourceRates.length > 0) rules.push(resourceRates);
  if (rules.flat().length === 0) return [catalogue];
  const version = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 16);
  return [catalogue, { source: file, version }];
}
