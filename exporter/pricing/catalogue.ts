import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ConditionalPrice, calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices';
import type { UnpricedReason } from '../domain/charge.ts';
import type { Listing } from './listing.ts';
import { type NamedRates, picoRate, ratesOf } from './meter-rates.ts';

export const CATALOGUE_NAME = 'genai-prices';
export const CATALOGUE_VERSION = installedVersion();
/** When that version was published, and so how new its prices can be. Goes with the version in package.json. */
export const CATALOGUE_MADE_MS = Date.parse('2026-09-23T00:00:00Z');

function installedVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  return (JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as { version: string })
    .version;
}

/** The catalogue's names of what we meter. What it prices besides (hours, pages, video) has no meter here. */
const NAMES: readonly (readonly [catalogue: string, ours: keyof NamedRates])[] = [
  ['input_mtok', 'input'],
  ['input_audio_mtok', 'input_audio'],
  ['input_image_mtok', 'input_image'],
  ['cache_read_mtok', 'cache_read'],
  ['cache_audio_read_mtok', 'cache_read_audio'],
  ['cache_write_mtok', 'cache_write'],
  ['cache_write_5m_mtok', 'cache_write_5m'],
  ['cache_write_1h_mtok', 'cache_write_1h'],
  ['output_mtok', 'output'],
  ['output_audio_mtok', 'output_audio'],
  ['output_image_mtok', 'output_image'],
  ['output_reasoning_mtok', 'reasoning'],
  ['web_searches_kcount', 'web_search'],
  ['requests_kcount', 'request'],
];

/**
 * The bundled catalogue's prices of a model at a time. Looks only at the provider named (and the ones that its entry
 * falls back to): a model name alone never picks a provider.
 * @param provider a canonical name
 */
export function catalogueListing(provider: string, model: string, atMs: number): Listing | UnpricedReason {
  // The library also matches parts of a name (`my-openai-proxy` as `openai`): only its exact ids count.
  if (findProvider({ providerId: provider })?.id !== provider) return 'unknown_provider';
  const found = priceOf(provider, model, atMs);
  if (!found) return 'unknown_model';
  return {
    source: `${CATALOGUE_NAME}/${CATALOGUE_VERSION} ${provider}/${found.model.id}`,
    catalogueId: found.model.id,
    ...unfoldSteps(found.model_price),
    changesMs: Array.isArray(found.model.prices) ? changesAround(found.model.prices, atMs) : [],
  };
}

/** The library throws on a model whose entry it cannot price. */
function priceOf(providerId: string, model: string, atMs: number): ReturnType<typeof calcPrice> {
  // `publishers/google/models/gemini-2.5-pro`, `arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0`.
  const isPath = providerId === 'google' || providerId === 'aws';
  const name = isPath ? model.slice(model.lastIndexOf('/') + 1) : model;
  try {
    return calcPrice({}, name, { providerId, timestamp: new Date(atMs) });
  } catch {
    return null;
  }
}

function unfoldSteps(price: ModelPrice): Pick<Listing, 'contextSteps' | 'rates'> {
  const starts = NAMES.flatMap(([key]) => {
    const value = price[key];
    return typeof value === 'object' ? value.tiers.map((tier) => tier.start) : [];
  });
  const contextSteps = [...new Set(starts)].sort((a, b) => a - b);
  return {
    contextSteps,
    rates: [Number.NEGATIVE_INFINITY, ...contextSteps].map((start) => ratesOf(pricesFrom(price, start))),
  };
}

/** What the model lists for calls whose total input exceeds `start` and no later step. */
function pricesFrom(price: ModelPrice, start: number): NamedRates {
  return Object.fromEntries(
    NAMES.flatMap(([key, name]) => {
      const value = price[key];
      if (value === undefined) return [];
      if (typeof value === 'number') return [[name, picoRate(name, value)]];
      const step = value.tiers.filter((tier) => tier.start <= start).sort((a, b) => b.start - a.start)[0];
      return [[name, picoRate(name, step?.price ?? value.base)]];
    }),
  );
}

const DAY_MS = 86_400_000;

function changesAround(prices: readonly ConditionalPrice[], atMs: number): number[] {
  const midnight = Math.floor(atMs / DAY_MS) * DAY_MS;
  return prices.flatMap(({ constraint }) => {
    if (!constraint) return [];
    if (constraint.type === 'start_date') return [Date.parse(constraint.start_date)];
    return [constraint.start_time, constraint.end_time].flatMap((time) => {
      const sinceMidnight = (Date.parse(`1970-01-01T${time}`) + DAY_MS) % DAY_MS;
      return [-DAY_MS, 0, DAY_MS].map((day) => midnight + day + sinceMidnight);
    });
  });
}
