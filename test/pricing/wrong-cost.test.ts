import { expect, test } from 'vitest';
import { METER } from '../../exporter/domain/meters.ts';
import { readProviderResponse } from '../../exporter/ingest/provider-response.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { event, options, priced } from './given.ts';

/**
 * Mistakes that other tools were reported to make, each as a golden case; test/ingest has those that begin with what a
 * provider sent. Prices per million tokens are in the comments; the sums are done by hand.
 */

const pricing = createPricing(options());

function usageOf(provider: string, body: unknown) {
  const response = readProviderResponse(provider, body);
  if (response.kind === 'rejected') throw new Error(`${response.code}: ${response.message}`);
  return response.usage;
}

test('5. inclusive and exclusive formats of one call are the same call (langfuse/langfuse#12306)', () => {
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

test('6. 17,903 input of which 17,817 cached is 17,903 in all (langfuse/langfuse#10592)', () => {
  const usage = {
    prompt_tokens: 17_903,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 17_817 },
  };
  const { quantities } = usageOf('openai', { usage });
  expect([quantities[METER.input], quantities[METER.cache_read]]).toEqual([86, 17_817]);
});

test('13. batch, long context and cache are one price matrix (BerriAI/litellm PR#39861)', () => {
  const cost = (tier: string, input: number, cache_read: number) =>
    priced(
      pricing.price(
        event({
          provider: 'anthropic',
          model: 'claude-sonnet-4-5',
          tier,
          at: '2026-09-01T00:00:00Z',
          quantities: { input, cache_read, output: 1000, request: 1 },
        }),
      ),
    ).costNanoUsd;
  // up to 200,000: 3, cached 0.3, output 15; above: 6, 0.6, 22.5; batch halves each of them
  expect(cost('', 100_000, 100_000)).toBe(300_000_000 + 30_000_000 + 15_000_000);
  expect(cost('batch', 100_000, 100_000)).toBe(150_000_000 + 15_000_000 + 7_500_000);
  expect(cost('', 100_000, 100_001)).toBe(600_000_000 + 60_000_600 + 22_500_000);
  expect(cost('batch', 100_000, 100_001)).toBe(300_000_000 + 30_000_300 + 11_250_000);
});

test('17. a missing price is unpriced with its reason (BerriAI/litellm PR#35914)', () => {
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

test('18. a fine-tune or a model listed without a price does not cost 0 (sielay/eidan#203)', () => {
  const quantities = { input: 1000 };
  expect(pricing.price(event({ model: 'ft:gpt-4.1-2025-04-14:acme::abc', quantities }))).toMatchObject({
    kind: 'unpriced',
  });
  expect(pricing.price(event({ provider: 'cerebras', model: 'qwen-3-coder-480b', quantities }))).toEqual({
    kind: 'unpriced',
    reason: 'unknown_meter',
  });
});

test('19. the start date of a price is applied (langfuse/langfuse#12184)', () => {
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

test('20. a price cut leaves the past as it was (anomalyco/models.dev#4006)', () => {
  const o3 = (at: string) => priced(pricing.price(event({ model: 'o3', at, quantities: { input: 1000 } })));
  const before = o3('2025-06-09T23:59:59Z');
  const after = o3('2025-06-10T00:00:00Z');
  expect([before.costNanoUsd, after.costNanoUsd]).toEqual([10_000_000, 2_000_000]);
  expect(before.card.id).not.toBe(after.card.id);
  expect(o3('2025-06-09T23:59:59Z').card).toBe(before.card);
});
