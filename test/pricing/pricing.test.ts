import { describe, expect, test } from 'vitest';
import { METER } from '../../exporter/domain/meters.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { event, type GivenEvent, options, perMeter, priced } from './given.ts';

const MILLION = 1_000_000;

function cost(pricing: ReturnType<typeof createPricing>, given: GivenEvent): number {
  return priced(pricing.price(event(given))).costNanoUsd;
}

describe('catalogue', () => {
  const pricing = createPricing(options());

  test('names the catalogue entry and its version on the card', () => {
    const { card } = priced(pricing.price(event({ model: 'gpt-4o-2024-11-20', quantities: { input: 1 } })));
    expect(card.source).toMatch(/^genai-prices\/\d+\.\d+\.\d+ openai\/gpt-4o$/);
    expect(card).toMatchObject({ provider: 'openai', model: 'gpt-4o-2024-11-20', serviceTier: 'standard' });
    expect(card.ratesPico[METER.input]).toBe(2_500_000);
    expect(Object.isFrozen(card)).toBe(true);
    expect(Object.isFrozen(card.ratesPico)).toBe(true);
  });

  test('a card has the same id in every process, another id for another price', () => {
    const idOf = (given: GivenEvent) => priced(createPricing(options()).price(event(given))).card.id;
    expect(idOf({})).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf({})).toBe(idOf({}));
    expect(idOf({ tier: 'batch' })).not.toBe(idOf({}));
    expect(idOf({ model: 'gpt-4o-mini' })).not.toBe(idOf({}));
  });

  test.each([
    ['azure', 'gpt-4o'],
    ['azure.ai.openai', 'gpt-4o'],
    ['aws.bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['aws', 'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0'],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-pro'],
    ['gemini', 'models/gemini-2.5-flash'],
    ['vertex_ai', 'claude-sonnet-4-5@20250929'],
    ['OpenAI', 'GPT-4o'],
  ])('knows %s %s', (provider, model) => {
    expect(pricing.price(event({ provider, model, quantities: { input: 1000 } }))).toMatchObject({
      kind: 'priced',
    });
  });

  test.each([
    ['openai-compatible', 'gpt-4o', 'unknown_provider'],
    ['', 'gpt-4o', 'unknown_provider'],
    ['litellm', 'openai/gpt-4o', 'unknown_provider'],
    ['constructor', 'gpt-4o', 'unknown_provider'],
    ['anthropic', 'gpt-4o', 'unknown_model'],
    ['openai', '', 'unknown_model'],
    ['openai', 'whisper-1', 'unknown_meter'],
  ])('does not guess: %s %s is %s', (provider, model, reason) => {
    expect(pricing.price(event({ provider, model, quantities: { input: 1, request: 1 } }))).toEqual({
      kind: 'unpriced',
      reason,
    });
  });

  test('a call that counted nothing but itself on a model billed by the hour has no price', () => {
    expect(pricing.price(event({ model: 'whisper-1', quantities: { request: 1 } }))).toMatchObject({
      reason: 'unknown_meter',
    });
  });

  test('a 1 h cache write never takes the price of a 5 minute one', () => {
    const given = { provider: 'google', model: 'claude-sonnet-4-5' };
    expect(cost(pricing, { ...given, quantities: { cache_write_5m: 1000 } })).toBe(3_750_000);
    expect(pricing.price(event({ ...given, quantities: { cache_write_1h: 1000 } }))).toMatchObject({
      reason: 'unknown_meter',
    });
    expect(cost(pricing, { model: 'gpt-4o', quantities: { cache_write_1h: 1000 } })).toBe(2_500_000);
  });

  test('fees per call: web searches, requests, and searches that a request fee includes', () => {
    const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
    expect(cost(pricing, { ...sonnet, quantities: { web_search: 3, request: 1 } })).toBe(30 * MILLION);
    const sonar = { provider: 'perplexity', model: 'sonar' };
    const fee = cost(pricing, { ...sonar, quantities: { request: 1 } });
    expect(fee).toBeGreaterThan(0);
    expect(cost(pricing, { ...sonar, quantities: { request: 1, web_search: 4 } })).toBe(fee);
    expect(
      pricing.price(
        event({ provider: 'groq', model: 'llama-3.3-70b-versatile', quantities: { web_search: 1 } }),
      ),
    ).toMatchObject({ reason: 'unknown_meter' });
  });

  test('an explicit price of zero is a price', () => {
    const free = createPricing(
      options({ models: [{ provider: 'self', model: 'llama', usd_per_million: { input: 0, output: 0 } }] }),
    );
    expect(cost(free, { provider: 'self', model: 'llama', quantities: { input: 10, output: 10 } })).toBe(0);
  });

  test('DeepSeek costs less in its off-peak hours, to the millisecond, whatever was asked before', () => {
    const at = (time: string) =>
      cost(pricing, {
        provider: 'deepseek',
        model: 'deepseek-chat',
        at: `2025-08-01T${time}Z`,
        quantities: { output: MILLION },
      });
    const [before, start] = [at('00:29:59.999'), at('00:30:00')];
    expect(before).not.toBe(start);
    expect([at('16:29:59.999'), at('16:30:00'), at('23:59:59'), at('00:00:00'), at('12:00:00')]).toEqual([
      start,
      before,
      before,
      before,
      start,
    ]);
  });

  test('prices summed quantities of small calls below the long-context step', () => {
    const quantities = perMeter({ input: 300_000, output: 1000 });
    const at = Date.parse('2026-09-01');
    expect(pricing.priceAt('google', 'gemini-2.5-pro', quantities, at)).toBe(375 * MILLION + 10 * MILLION);
    expect(pricing.priceAt('google', 'gemini-99', quantities, at)).toBeUndefined();
    expect(pricing.priceAt('openai', 'whisper-1', quantities, at)).toBeUndefined();
  });
});

describe('savings', () => {
  const pricing = createPricing(options());

  test('by cache: against the same tokens uncached on the same card', () => {
    const price = (tier: string) =>
      priced(
        pricing.price(
          event({
            provider: 'anthropic',
            model: 'claude-sonnet-4-5',
            tier,
            quantities: { cache_read: 1000, input: 10 },
          }),
        ),
      );
    expect(price('').savedByCacheNanoUsd).toBe(1000 * (3000 - 300));
    expect(price('batch').savedByCacheNanoUsd).toBe(1000 * (1500 - 150));
  });

  test('audio read from the cache is compared with fresh audio', () => {
    const price = priced(
      pricing.price(
        event({ model: 'gpt-realtime', quantities: { cache_read_audio: 1000, input_audio: 1000 } }),
      ),
    );
    expect(price.savedByCacheNanoUsd).toBe(
      (price.costs[METER.input_audio] as number) - (price.costs[METER.cache_read_audio] as number),
    );
    expect(price.savedByCacheNanoUsd).toBeGreaterThan(0);
  });

  test('never negative, and by tier only for a tier that is cheaper', () => {
    const dear = createPricing(
      options({
        models: [{ provider: 'self', model: 'm', usd_per_million: { input: 1, cache_read: 2, output: 1 } }],
      }),
    );
    const price = priced(
      dear.price(event({ provider: 'self', model: 'm', quantities: { cache_read: 100 } })),
    );
    expect([price.savedByCacheNanoUsd, price.savedByTierNanoUsd]).toEqual([0, 0]);
  });

  test('a contract discount is not a saving by tier', () => {
    const contract = createPricing(options({ discounts: [{ provider: 'openai', ratio: 0.2 }] }));
    const quantities = { input: 1000 };
    expect(priced(contract.price(event({ quantities })))).toMatchObject({
      costNanoUsd: 2_000_000,
      savedByTierNanoUsd: 0,
    });
    expect(priced(contract.price(event({ quantities, tier: 'batch' })))).toMatchObject({
      costNanoUsd: 1_000_000,
      savedByTierNanoUsd: 1_000_000,
    });
  });
});

describe('service tiers', () => {
  const pricing = createPricing(options());
  const quantities = { input: 1000, output: 1000 };

  test.each(['', 'default', 'standard', 'auto', 'STANDARD', 'ON_DEMAND', 'on_demand'])(
    '%j is standard',
    (tier) => {
      expect(cost(pricing, { tier, quantities })).toBe(12_500_000);
    },
  );

  test.each([
    ['openai', 'gpt-4o', 'batch', 0.5],
    ['openai', 'o3', 'flex', 0.5],
    ['openai', 'gpt-4o', 'priority', 1.7],
    ['openai', 'gpt-4o-mini', 'priority', 5 / 3],
    ['openai', 'o4-mini', 'priority', 20 / 11],
    ['anthropic', 'claude-opus-4-6', 'batch', 0.5],
    ['anthropic', 'claude-opus-4-6', 'standard_us', 1.1],
    ['google', 'gemini-2.5-flash', 'ON_DEMAND_FLEX', 0.5],
    ['google', 'gemini-2.5-flash', 'FLEX', 0.5],
    ['google', 'gemini-2.5-flash', 'BATCH', 0.5],
    ['mistral', 'mistral-large-latest', 'batch', 0.5],
    ['azure', 'gpt-4o', 'batch', 0.5],
  ])('%s %s on %s costs %d of the list price', (provider, model, tier, multiplier) => {
    const standard = cost(pricing, { provider, model, quantities });
    expect(cost(pricing, { provider, model, tier, quantities })).toBe(Math.round(standard * multiplier));
  });

  test.each([
    ['openai', 'gpt-4o', 'scale'],
    ['openai', 'gpt-3.5-turbo', 'priority'],
    ['google', 'gemini-2.5-flash', 'priority'],
    ['google', 'gemini-2.5-flash', 'PROVISIONED_THROUGHPUT'],
    ['anthropic', 'claude-opus-4-6', 'fast'],
    ['groq', 'llama-3.3-70b-versatile', 'flex'],
  ])('%s %s on %s is unpriced until the overlay says what it costs', (provider, model, tier) => {
    const given = event({ provider, model, tier, quantities });
    expect(pricing.price(given)).toEqual({ kind: 'unpriced', reason: 'unknown_service_tier' });
    const overlaid = createPricing(
      options({ service_tiers: [{ provider, service_tier: tier, multiplier: 3 }] }),
    );
    expect(cost(overlaid, { provider, model, tier, quantities })).toBe(
      3 * cost(pricing, { provider, model, quantities }),
    );
  });

  test('Google batch leaves cache reads at their list price; on flex their price is unknown', () => {
    const reads = { provider: 'google', model: 'gemini-2.5-flash', quantities: { cache_read: 1000 } };
    expect(cost(pricing, { ...reads, tier: 'batch' })).toBe(cost(pricing, reads));
    expect(pricing.price(event({ ...reads, tier: 'flex' }))).toMatchObject({
      reason: 'unknown_service_tier',
    });
  });

  test('fees per call are not multiplied', () => {
    const searches = { provider: 'anthropic', model: 'claude-sonnet-4-5', quantities: { web_search: 1 } };
    expect(cost(pricing, { ...searches, tier: 'batch' })).toBe(cost(pricing, searches));
  });
});

describe('overlay', () => {
  const quantities = { input: 1000 };

  test('an own model replaces the catalogue, an exact name beats a prefix, the last of equals wins', () => {
    const pricing = createPricing(
      options({
        models: [
          { provider: 'openai', model: 'gpt-4o-mini', usd_per_million: { input: 7 } },
          { provider: 'openai', model: 'gpt-4o*', usd_per_million: { input: 5 } },
          { provider: 'openai', model: 'gpt-*', usd_per_million: { input: 3 } },
          { provider: 'openai', model: 'gpt-*', usd_per_million: { input: 4 } },
        ],
      }),
    );
    const dollars = (model: string) => cost(pricing, { model, quantities }) / 1_000_000;
    expect(['gpt-4o-mini', 'gpt-4o', 'GPT-4.1', 'o3'].map(dollars)).toEqual([7, 5, 4, 2]);
    expect(priced(pricing.price(event({ quantities }))).card.source).toBe('config.yaml pricing.models[1]');
  });

  test('rules go by canonical provider names', () => {
    const pricing = createPricing(options({ discounts: [{ provider: 'azure.ai.openai', ratio: 0.5 }] }));
    expect(cost(pricing, { provider: 'azure', quantities })).toBe(1_250_000);
    expect(cost(pricing, { provider: 'openai', quantities })).toBe(2_500_000);
  });

  test('long context takes the whole call above its step, rates that it does not name stay', () => {
    const pricing = createPricing(
      options({
        models: [
          {
            provider: 'self',
            model: 'm',
            usd_per_million: { input: 1, cache_read: 0.1, output: 2 },
            long_context: { above_input_tokens: 1000, usd_per_million: { input: 3, output: 4 } },
          },
        ],
      }),
    );
    const at = (input: number) =>
      cost(pricing, {
        provider: 'self',
        model: 'm',
        quantities: { input, cache_read: 500, output: 100, request: 1 },
      });
    expect(at(500)).toBe(500_000 + 50_000 + 200_000);
    expect(at(501)).toBe(501 * 3000 + 50_000 + 400_000);
  });

  test('tokens without a call are those of many, none of them known to be long', () => {
    const gemini = { provider: 'google', model: 'gemini-2.5-pro' };
    const million = { input: 1_000_000 };
    expect(cost(createPricing(options()), { ...gemini, quantities: million })).toBe(1250 * MILLION);
    expect(cost(createPricing(options()), { ...gemini, quantities: { ...million, request: 1 } })).toBe(
      2500 * MILLION,
    );
  });

  test('of two discounts the more specific counts, with its own start', () => {
    const pricing = createPricing(
      options({
        discounts: [
          { provider: 'openai', ratio: 0.1 },
          { provider: 'openai', model: 'gpt-4o*', ratio: 0.15, effective_from: '2026-06-01' },
        ],
      }),
    );
    expect(cost(pricing, { at: '2026-05-31T23:59:59Z', quantities })).toBe(2_250_000);
    const price = priced(pricing.price(event({ at: '2026-06-01T00:00:00Z', quantities })));
    expect(price.costNanoUsd).toBe(2_125_000);
    expect(price.card.listRatesPico[METER.input]).toBe(2_500_000);
    expect(price.card.ratesPico[METER.input]).toBe(2_125_000);
    expect(price.card.source).toContain('config.yaml pricing.discounts[1]');
  });

  test('web searches and requests are priced per thousand', () => {
    const pricing = createPricing(
      options({
        models: [{ provider: 'self', model: 'm', usd_per_million: { input: 1, web_search: 10, request: 5 } }],
      }),
    );
    expect(cost(pricing, { provider: 'self', model: 'm', quantities: { web_search: 1, request: 1 } })).toBe(
      15_000_000,
    );
  });
});

describe('reported cost', () => {
  const quantities = { input: 1000 };
  const known = { quantities, reportedNanoUsd: 42 };
  const unknown = { ...known, model: 'gpt-99' };
  const using = (reported_cost: string, given: GivenEvent) =>
    createPricing(options({ reported_cost })).price(event(given));

  test('counts never, for unpriced models, or always', () => {
    expect(using('ignore', unknown)).toMatchObject({ kind: 'unpriced' });
    expect(using('ignore', known)).toMatchObject({ costNanoUsd: 2_500_000 });
    expect(using('when_unpriced', unknown)).toMatchObject({ costNanoUsd: 42, card: { source: 'reported' } });
    expect(using('when_unpriced', known)).toMatchObject({ costNanoUsd: 2_500_000 });
    expect(using('always', known)).toMatchObject({ costNanoUsd: 42, card: { source: 'reported' } });
    expect(using('always', { quantities })).toMatchObject({ costNanoUsd: 2_500_000 });
  });

  test('is wholly on the request meter and has no rates', () => {
    const price = priced(using('always', known));
    expect(price.costs).toEqual(perMeter({ request: 42 }));
    expect(price.card.ratesPico.every((rate) => rate === null)).toBe(true);
  });

  test('of zero is a price', () => {
    expect(using('when_unpriced', { ...unknown, reportedNanoUsd: 0 })).toMatchObject({
      kind: 'priced',
      costNanoUsd: 0,
    });
  });
});

describe('GPUs', () => {
  const pricing = createPricing(
    options({}, [
      { model: 'h100', usd_per_hour: 2.5 },
      { model: 'NVIDIA', usd_per_hour: 1 },
    ]),
  );
  const gpu = (model: string, gpu_second: number) =>
    pricing.price(
      event({ provider: 'self-hosted', model, category: 'gpu_compute', quantities: { gpu_second } }),
    );

  test('the first rate whose model is in the name, in any case', () => {
    expect(pricing.gpuHourlyNanoUsd('NVIDIA H100 80GB HBM3')).toBe(2_500_000_000);
    expect(pricing.gpuHourlyNanoUsd('NVIDIA A10G')).toBe(1_000_000_000);
    expect(pricing.gpuHourlyNanoUsd('AMD MI300X')).toBeUndefined();
  });

  test('seconds are priced by it, parts of seconds too, to whole nano-USD', () => {
    const price = priced(gpu('NVIDIA H100 80GB HBM3', 3600));
    // A rate is whole pico-USD a second, so an hour may be off by up to 2 nano-USD.
    expect(Math.abs(price.costNanoUsd - 2_500_000_000)).toBeLessThanOrEqual(2);
    expect(price.card.source).toBe('config.yaml gpu.rates[0]');
    expect(Number.isInteger(priced(gpu('NVIDIA H100', 15.037)).costNanoUsd)).toBe(true);
    expect(gpu('AMD MI300X', 1)).toEqual({ kind: 'unpriced', reason: 'unknown_model' });
  });

  test('GPU seconds of a model call have no price', () => {
    expect(pricing.price(event({ quantities: { gpu_second: 1 } }))).toMatchObject({
      reason: 'unknown_meter',
    });
  });
});

describe('price tables', () => {
  test('the catalogue, and the overlay by a hash of its content', () => {
    expect(createPricing(options()).tables.map(({ source }) => source)).toEqual(['genai-prices']);
    const version = (ratio: number) =>
      createPricing(options({ discounts: [{ provider: 'openai', ratio }] })).tables[1];
    expect(version(0.1)).toEqual({ source: 'config.yaml', version: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(version(0.1)).toEqual(version(0.1));
    expect(version(0.2)).not.toEqual(version(0.1));
  });
});

test('says how new the catalogue is: the date goes with the version', () => {
  expect(createPricing(options()).tables).toEqual([
    { source: 'genai-prices', version: '0.1.8', madeMs: Date.parse('2026-09-23T00:00:00Z') },
  ]);
});
