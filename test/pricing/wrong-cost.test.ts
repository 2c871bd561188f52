import { expect, test } from 'vitest';
import { METER } from '../../exporter/domain/meters.ts';
import { readProviderResponse } from '../../exporter/ingest/provider-response.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { event, type GivenEvent, options, priced } from './given.ts';

/**
 * Mistakes that other tools were reported to make, each as a golden case from the wire to the price.
 * Prices per million tokens are in the comments; the sums are done by hand.
 */

const pricing = createPricing(options());

function usageOf(provider: string, body: unknown) {
  const response = readProviderResponse(provider, body);
  if (response.kind === 'rejected') throw new Error(`${response.code}: ${response.message}`);
  return response.usage;
}

function priceOf(provider: string, body: unknown, given: GivenEvent = {}) {
  const { quantities, model, serviceTier } = usageOf(provider, body);
  return pricing.price(
    event({
      provider,
      ...(model && { model }),
      ...(serviceTier && { tier: serviceTier }),
      ...given,
      quantities,
    }),
  );
}

const sonnet = (usage: object) => ({ type: 'message', model: 'claude-sonnet-4-5-20250929', usage });

test('BerriAI/litellm#9812: cache creation is charged once', () => {
  const usage = {
    input_tokens: 4,
    cache_creation_input_tokens: 14_000,
    cache_read_input_tokens: 0,
    output_tokens: 100,
  };
  // 4 x 3 + 14,000 x 3.75 + 100 x 15
  expect(priced(priceOf('anthropic', sonnet(usage))).costNanoUsd).toBe(12_000 + 52_500_000 + 1_500_000);
});

test('BerriAI/litellm#14849: Gemini cache hits are not charged as fresh input as well', () => {
  const body = {
    modelVersion: 'gemini-2.5-pro',
    usageMetadata: {
      promptTokenCount: 262_960,
      cachedContentTokenCount: 257_955,
      candidatesTokenCount: 1744,
      totalTokenCount: 264_704,
    },
  };
  // above 200,000 tokens: 5,005 x 2.5 + 257,955 x 0.25 + 1,744 x 15
  expect(priced(priceOf('gemini', body)).costNanoUsd).toBe(12_512_500 + 64_488_750 + 26_160_000);
});

test('BerriAI/litellm#11364: two cache counts that disagree are refused', () => {
  const usage = {
    prompt_tokens: 31_000,
    completion_tokens: 10,
    prompt_tokens_details: { cached_tokens: 0 },
    cache_read_input_tokens: 30_940,
  };
  expect(readProviderResponse('openrouter', { model: 'anthropic/claude-sonnet-4', usage })).toEqual({
    kind: 'rejected',
    code: 'inconsistent_usage',
    message: 'usage.prompt_tokens_details.cached_tokens 0 and usage.cache_read_input_tokens 30940 disagree',
  });
});

test('BerriAI/litellm#14874: the same chat body means what its sender means by it', () => {
  const body = {
    model: 'grok-4-0709',
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1250,
      prompt_tokens_details: { cached_tokens: 600 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
  };
  const xai = usageOf('xai', body).quantities;
  const openai = usageOf('openai', body).quantities;
  expect([xai[METER.input], xai[METER.cache_read]]).toEqual([400, 600]);
  // xAI counts reasoning beside the completion, OpenAI inside it.
  expect([xai[METER.output], xai[METER.reasoning]]).toEqual([50, 40]);
  expect([openai[METER.output], openai[METER.reasoning]]).toEqual([10, 40]);
});

test('langfuse/langfuse#12306: inclusive and exclusive formats of one call are the same call', () => {
  const inclusive = {
    prompt_tokens: 1000,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 900 },
  };
  const exclusive = { input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 20 };
  expect(usageOf('openai', { usage: inclusive }).quantities).toEqual(
    usageOf('anthropic', { usage: exclusive }).quantities,
  );
});

test('langfuse/langfuse#10592: 17,903 input of which 17,817 cached is 17,903 in all', () => {
  const usage = {
    prompt_tokens: 17_903,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 17_817 },
  };
  const { quantities } = usageOf('openai', { usage });
  expect([quantities[METER.input], quantities[METER.cache_read]]).toEqual([86, 17_817]);
});

test('langfuse/langfuse#13724: more cached than input is an error, not zero input', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 101 } };
  const response = readProviderResponse('openai', { usage });
  expect(response).toMatchObject({ kind: 'rejected', code: 'inconsistent_usage' });
  expect(JSON.stringify(response)).toContain('input 100 (cache read 101');
});

test('langfuse/codex-observability-plugin#22: a token class without a price is unpriced, not free', () => {
  const own = createPricing(
    options({ models: [{ provider: 'self', model: 'm', usd_per_million: { output: 1, cache_read: 0.1 } }] }),
  );
  const price = (quantities: GivenEvent['quantities']) =>
    own.price(event({ provider: 'self', model: 'm', ...(quantities && { quantities }) }));
  expect(price({ input: 10, output: 10 })).toEqual({ kind: 'unpriced', reason: 'unknown_meter' });
  expect(price({ cache_read: 10, output: 10 })).toMatchObject({ kind: 'priced', costNanoUsd: 11_000 });
});

test('envoyproxy/ai-gateway#2694: cache writes for 5 minutes and for 1 hour have their own prices', () => {
  const usage = {
    input_tokens: 0,
    cache_creation_input_tokens: 3000,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
    output_tokens: 0,
  };
  const price = priced(priceOf('anthropic', sonnet(usage)));
  // 2,000 x 3.75 and 1,000 x 6
  expect(price.costs[METER.cache_write_5m]).toBe(7_500_000);
  expect(price.costs[METER.cache_write_1h]).toBe(6_000_000);
});

test('BerriAI/litellm#37992: zero usage is zero, absent usage is refused', () => {
  const zero = { model: 'gpt-4o', usage: { prompt_tokens: 0, completion_tokens: 0 } };
  expect(priced(priceOf('openai', zero)).costNanoUsd).toBe(0);
  expect(readProviderResponse('openai', { model: 'gpt-4o', choices: [] })).toMatchObject({
    code: 'usage_missing',
  });
  expect(readProviderResponse('openai', { model: 'gpt-4o', usage: {} })).toMatchObject({
    code: 'usage_missing',
  });
});

test('BerriAI/litellm#13810: the tier in the response is the tier that is billed', () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100 };
  const onTier = (service_tier: string) => priced(priceOf('openai', { model: 'gpt-5', service_tier, usage }));
  // 1,000 x 1.25 + 100 x 10
  expect(onTier('default').costNanoUsd).toBe(2_250_000);
  expect(onTier('flex')).toMatchObject({ costNanoUsd: 1_125_000, savedByTierNanoUsd: 1_125_000 });
  expect(onTier('priority')).toMatchObject({ costNanoUsd: 4_500_000, savedByTierNanoUsd: 0 });
});

test('BerriAI/litellm PR#39861: batch, long context and cache are one price matrix', () => {
  const cost = (tier: string, input: number, cache_read: number) =>
    priced(
      pricing.price(
        event({
          provider: 'anthropic',
          model: 'claude-sonnet-4-5',
          tier,
          at: '2026-09-01T00:00:00Z',
          quantities: { input, cache_read, output: 1000 },
        }),
      ),
    ).costNanoUsd;
  // up to 200,000: 3, cached 0.3, output 15; above: 6, 0.6, 22.5; batch halves each of them
  expect(cost('', 100_000, 100_000)).toBe(300_000_000 + 30_000_000 + 15_000_000);
  expect(cost('batch', 100_000, 100_000)).toBe(150_000_000 + 15_000_000 + 7_500_000);
  expect(cost('', 100_000, 100_001)).toBe(600_000_000 + 60_000_600 + 22_500_000);
  expect(cost('batch', 100_000, 100_001)).toBe(300_000_000 + 30_000_300 + 11_250_000);
});

test('BerriAI/litellm PR#35914: a missing price is unpriced with its reason', () => {
  const quantities = { input: 1000 };
  expect(pricing.price(event({ model: 'gpt-99', quantities }))).toEqual({
    kind: 'unpriced',
    reason: 'unknown_model',
  });
  expect(pricing.price(event({ provider: 'my-vllm', model: 'gpt-4o', quantities }))).toEqual({
    kind: 'unpriced',
    reason: 'unknown_provider',
  });
});

test('sielay/eidan#203: a fine-tune or a model listed without a price does not cost 0', () => {
  const quantities = { input: 1000 };
  expect(pricing.price(event({ model: 'ft:gpt-4.1-2025-04-14:acme::abc', quantities }))).toMatchObject({
    kind: 'unpriced',
  });
  expect(pricing.price(event({ provider: 'cerebras', model: 'qwen-3-coder-480b', quantities }))).toEqual({
    kind: 'unpriced',
    reason: 'unknown_meter',
  });
});

test('langfuse/langfuse#12184: the start date of a price is applied', () => {
  const dated = createPricing(
    options({
      models: [
        { provider: 'openai', model: 'gpt-4o', usd_per_million: { input: 1 }, effective_from: '2026-08-01' },
        {
          provider: 'openai',
          model: 'gpt-4o',
          usd_per_million: { input: 2 },
          effective_from: '2026-08-15T06:00:00+02:00',
        },
      ],
    }),
  );
  const cost = (at: string) => priced(dated.price(event({ at, quantities: { input: 1000 } }))).costNanoUsd;
  expect(cost('2026-07-31T23:59:59.999Z')).toBe(2_500_000);
  expect(cost('2026-08-01T00:00:00Z')).toBe(1_000_000);
  expect(cost('2026-08-15T03:59:59.999Z')).toBe(1_000_000);
  expect(cost('2026-08-15T04:00:00Z')).toBe(2_000_000);
  expect(cost('2026-07-31T23:59:59.999Z')).toBe(2_500_000);
});

test('anomalyco/models.dev#4006: a price cut leaves the past as it was', () => {
  const o3 = (at: string) => priced(pricing.price(event({ model: 'o3', at, quantities: { input: 1000 } })));
  const before = o3('2025-06-09T23:59:59Z');
  const after = o3('2025-06-10T00:00:00Z');
  expect([before.costNanoUsd, after.costNanoUsd]).toEqual([10_000_000, 2_000_000]);
  expect(before.card.id).not.toBe(after.card.id);
  expect(o3('2025-06-09T23:59:59Z').card).toBe(before.card);
});
