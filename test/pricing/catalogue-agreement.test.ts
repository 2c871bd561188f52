import { calcPrice, type ModelInfo, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { METERS } from '../../exporter/domain/meters.ts';
import { canonicalProvider, PROVIDER_ALIASES } from '../../exporter/domain/provider-name.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { OPENAI_PRIORITY } from '../../exporter/pricing/service-tiers.ts';
import { event, options, type Quantities } from './given.ts';

// Many first look-ups, each of which takes a fraction of a millisecond: a busy machine may need its time.
vi.setConfig({ testTimeout: 60_000 });

const catalogue = (await waitForUpdate()) as Provider[];
/** Those that answer to their own id; some answer only to longer names. */
const models = catalogue
  .flatMap((provider) => provider.models.map((model) => ({ provider: provider.id, model })))
  .filter(({ provider, model }) => calcPrice({}, model.id, { providerId: provider }) !== null);

const some = fc.oneof(
  fc.integer({ min: 1, max: 2_000 }),
  fc.integer({ min: 199_000, max: 202_000 }),
  fc.integer({ min: 1, max: 1_000_000 }),
);
const tokens = fc.oneof(fc.constant(0), some);
/** Classes that many models have no price for: seldom there, so that most calls can be compared. */
const seldom = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: some });

const usage = fc.record({
  input: tokens,
  input_audio: tokens,
  cache_read: tokens,
  cache_read_audio: seldom,
  cache_write_5m: tokens,
  cache_write_1h: seldom,
  output: tokens,
  output_audio: tokens,
  output_image: tokens,
  reasoning: tokens,
  web_search: seldom,
});

const moment = fc.date({ min: new Date('2024-01-01'), max: new Date('2027-06-01'), noInvalidDate: true });

/** The library's terms: totals that include their parts. */
function inclusive(q: Required<Quantities>): Record<string, number> {
  return {
    input_tokens:
      q.input + q.input_audio + q.cache_read + q.cache_read_audio + q.cache_write_5m + q.cache_write_1h,
    input_audio_tokens: q.input_audio + q.cache_read_audio,
    cache_read_tokens: q.cache_read + q.cache_read_audio,
    cache_audio_read_tokens: q.cache_read_audio,
    cache_write_tokens: q.cache_write_5m + q.cache_write_1h,
    cache_write_1h_tokens: q.cache_write_1h,
    output_tokens: q.output + q.output_audio + q.output_image + q.reasoning,
    output_audio_tokens: q.output_audio,
    output_image_tokens: q.output_image,
    output_reasoning_tokens: q.reasoning,
    web_searches: q.web_search,
  };
}

test('prices what the catalogue prices, within half a nano-USD a meter, at any time and size', () => {
  const pricing = createPricing(options());
  let comparisons = 0;
  fc.assert(
    fc.property(fc.constantFrom(...models), usage, moment, ({ provider, model }, quantities, timestamp) => {
      const filled = { ...perMeterZeros(), ...quantities, request: 1 };
      const ours = pricing.price(
        event({ provider, model: model.id, at: timestamp.toISOString(), quantities: filled }),
      );
      const theirs = calcPrice(inclusive(filled), model.id, { providerId: provider, timestamp });
      if (ours.kind === 'unpriced' || !theirs) return;
      comparisons += 1;
      const rounding = METERS.length / 2 + nonPicoRounding(theirs.model_price, filled);
      expect(Math.abs(ours.costNanoUsd - theirs.total_price * 1e9)).toBeLessThanOrEqual(rounding);
    }),
    { numRuns: 1000 },
  );
  expect(comparisons).toBeGreaterThan(300);
});

function perMeterZeros(): Required<Quantities> {
  return Object.fromEntries(METERS.map((meter) => [meter, 0])) as Required<Quantities>;
}

/** A handful of listed prices (a twelfth of a dollar) are not whole pico-USD: at most half a one a token. */
function nonPicoRounding(
  price: NonNullable<ReturnType<typeof calcPrice>>['model_price'],
  q: Required<Quantities>,
) {
  const listed = Object.values(price).flatMap((value) =>
    typeof value === 'object' ? [value.base, ...value.tiers.map((tier) => tier.price)] : [value ?? 0],
  );
  const whole = listed.every((usd) => Math.abs(usd * 1e6 - Math.round(usd * 1e6)) < 1e-6);
  return whole ? 0 : (q.cache_write_5m + q.cache_write_1h) / 2000;
}

test('is unpriced where, and only where, a class that was used has no rate of its own or of the class around it', () => {
  const pricing = createPricing(options());
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.constantFrom(...METERS),
      moment,
      ({ provider, model }, meter, timestamp) => {
        const at = timestamp.toISOString();
        const ours = pricing.price(event({ provider, model: model.id, at, quantities: { [meter]: 1000 } }));
        const theirs = calcPrice({}, model.id, { providerId: provider, timestamp });
        const has = (...keys: string[]) => keys.some((key) => theirs?.model_price[key] !== undefined);
        expect(ours.kind === 'priced').toBe(theirs !== null && HAS_RATE[meter](has));
      },
    ),
    { numRuns: 700 },
  );
});

type Has = (...keys: string[]) => boolean;

const HAS_RATE: Readonly<Record<(typeof METERS)[number], (has: Has) => boolean>> = {
  input: (has) => has('input_mtok'),
  input_audio: (has) => has('input_audio_mtok', 'input_mtok'),
  input_image: (has) => has('input_image_mtok', 'input_mtok'),
  cache_read: (has) => has('cache_read_mtok', 'input_mtok'),
  cache_read_audio: (has) => has('input_mtok'),
  cache_write_5m: (has) => has('cache_write_mtok', 'input_mtok'),
  cache_write_1h: (has) => has('cache_write_1h_mtok') || (has('input_mtok') && !has('cache_write_mtok')),
  output: (has) => has('output_mtok'),
  output_audio: (has) => has('output_audio_mtok', 'output_mtok'),
  output_image: (has) => has('output_image_mtok', 'output_mtok'),
  reasoning: (has) => has('output_reasoning_mtok', 'output_mtok'),
  web_search: (has) => has('web_searches_kcount', 'requests_kcount'),
  request: (has) => has('requests_kcount', 'input_mtok', 'output_mtok'),
  gpu_second: () => false,
  gpu_millisecond: () => false,
  cpu_core_millisecond: () => false,
  memory_mib_second: () => false,
  storage_mib_minute: () => false,
  network_byte: () => false,
  sandbox_millisecond: () => false,
};

test('remembered prices are the ones that a fresh look-up finds, in any order of times', () => {
  const dated = models.filter(({ model }) => Array.isArray(model.prices));
  expect(dated.length).toBeGreaterThan(10);
  fc.assert(
    fc.property(
      fc.constantFrom(...dated),
      fc.array(fc.tuple(moment, tokens), { minLength: 2, maxLength: 30 }),
      ({ provider, model }, calls) => {
        const remembering = createPricing(options());
        for (const [timestamp, input] of calls) {
          const call = event({
            provider,
            model: model.id,
            at: timestamp.toISOString(),
            quantities: { input, output: 7 },
          });
          expect(remembering.price(call)).toEqual(createPricing(options()).price(call));
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('the long-context step is where the library has it: above, not at, and for the whole call', () => {
  const pricing = createPricing(options());
  const steps = models.flatMap(({ provider, model }) =>
    startsOf(model).map((start) => ({ provider, id: model.id, start })),
  );
  expect(steps.length).toBeGreaterThan(30);
  for (const { provider, id, start } of steps) {
    for (const input_tokens of [start, start + 1]) {
      const timestamp = new Date('2026-09-01');
      const ours = pricing.price(
        event({
          provider,
          model: id,
          at: '2026-09-01',
          quantities: { input: input_tokens - 10, cache_read: 10, output: 100, request: 1 },
        }),
      );
      const theirs = calcPrice({ input_tokens, cache_read_tokens: 10, output_tokens: 100 }, id, {
        providerId: provider,
        timestamp,
      });
      expect([provider, id, ours.kind === 'priced' && ours.costNanoUsd]).toEqual([
        provider,
        id,
        Math.round((theirs?.total_price ?? Number.NaN) * 1e9),
      ]);
    }
  }
});

function startsOf(model: ModelInfo): number[] {
  const prices = Array.isArray(model.prices) ? model.prices.map((dated) => dated.prices) : [model.prices];
  return prices
    .flatMap((price) => Object.values(price))
    .flatMap((value) => (typeof value === 'object' ? value.tiers.map((tier) => tier.start) : []));
}

test('every alias leads to a provider of the catalogue, and no alias hides one', () => {
  const ids = new Set(catalogue.map(({ id }) => id));
  for (const alias of Object.keys(PROVIDER_ALIASES)) {
    expect(ids).toContain(canonicalProvider(alias));
    expect(ids).not.toContain(alias);
  }
  expect([...ids].map(canonicalProvider)).toEqual([...ids]);
});

test('every model with a priority price is a model of the catalogue', () => {
  const openai = new Set(models.filter(({ provider }) => provider === 'openai').map(({ model }) => model.id));
  expect(Object.keys(OPENAI_PRIORITY).filter((id) => !openai.has(id))).toEqual([]);
});
