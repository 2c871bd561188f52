import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { METERS } from '../../exporter/domain/meters.ts';
import { canonicalProvider } from '../../exporter/domain/provider-name.ts';
import { PROVIDERS, readProviderResponse } from '../../exporter/ingest/provider-response.ts';

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../fixtures/provider/${name}.json`, import.meta.url), 'utf8'));
}

function usageOf(provider: string, body: unknown) {
  const response = readProviderResponse(provider, body);
  if (response.kind === 'rejected') throw new Error(`${response.code}: ${response.message}`);
  const { quantities, beside, ...rest } = response.usage;
  const metersOf = (counts: readonly number[]) =>
    Object.fromEntries(METERS.map((meter, i) => [meter, counts[i]]).filter(([, n]) => n !== 0));
  return {
    ...rest,
    meters: metersOf(quantities),
    ...(beside.length > 0 && {
      beside: beside.map(({ model, quantities }) => ({ model, meters: metersOf(quantities) })),
    }),
  };
}

const textOnly = (usage: object) => ({ model: 'gpt-4o', choices: [], usage });
const chat = (prompt_tokens: number, completion_tokens: number, details: object = {}) =>
  textOnly({ prompt_tokens, completion_tokens, ...details });

describe('reads', () => {
  test('an OpenAI chat completion with audio, cache writes, reasoning and a tier', () => {
    expect(usageOf('openai', fixture('openai-chat'))).toEqual({
      id: 'chatcmpl-Bx1',
      model: 'gpt-4o-audio-preview-2025-06-03',
      operation: 'chat',
      serviceTier: 'flex',
      status: 'truncated',
      timestampMs: 1_788_256_800_000,
      meters: {
        input: 350,
        input_audio: 250,
        cache_read: 300,
        cache_write_5m: 100,
        output: 100,
        output_audio: 60,
        reasoning: 40,
        request: 1,
      },
    });
  });

  test('an OpenAI response that was cut short', () => {
    expect(usageOf('openai', fixture('openai-responses'))).toEqual({
      id: 'resp_68b',
      model: 'gpt-5-mini-2025-08-07',
      operation: 'chat',
      serviceTier: 'default',
      status: 'truncated',
      timestampMs: 1_788_256_800_250,
      meters: { input: 116, cache_read: 384, output: 26, reasoning: 64, request: 1 },
    });
  });

  test.each(['openai', 'azure', 'mistral'])('embeddings of %s, which have no output', (provider) => {
    expect(usageOf(provider, fixture('openai-embeddings'))).toEqual({
      model: 'text-embedding-3-small',
      operation: 'embeddings',
      meters: { input: 77, request: 1 },
    });
  });

  test('an Anthropic message, whose input excludes what was cached', () => {
    expect(usageOf('anthropic', fixture('anthropic-message'))).toEqual({
      id: 'msg_01',
      model: 'claude-sonnet-4-5-20250929',
      operation: 'chat',
      serviceTier: 'standard',
      status: 'truncated',
      meters: {
        input: 100,
        cache_read: 6000,
        cache_write_5m: 2000,
        cache_write_1h: 1000,
        output: 500,
        web_search: 2,
        request: 1,
      },
    });
  });

  test.each(['aws', 'azure', 'google', 'openrouter'])(
    'the lifetimes of cache writes when %s serves Claude',
    (provider) => {
      const { meters } = usageOf(provider, fixture('anthropic-message'));
      expect(meters).toMatchObject({ input: 100, cache_write_5m: 2000, cache_write_1h: 1000 });
    },
  );

  test('cache writes without a lifetime as 5 minutes', () => {
    const usage = {
      input_tokens: 1,
      cache_creation_input_tokens: 9,
      cache_read_input_tokens: 0,
      output_tokens: 1,
    };
    expect(usageOf('anthropic', { usage }).meters).toEqual({
      input: 1,
      cache_write_5m: 9,
      output: 1,
      request: 1,
    });
  });

  test('Gemini content with modalities, a cache, tool use and thoughts', () => {
    expect(usageOf('gemini', fixture('gemini-generate-content'))).toEqual({
      id: 'gen-1',
      model: 'gemini-2.5-flash',
      operation: 'generate_content',
      serviceTier: 'ON_DEMAND_FLEX',
      status: 'truncated',
      timestampMs: Date.parse('2026-09-01T10:00:00.5Z'),
      meters: {
        input: 350,
        input_audio: 300,
        input_image: 100,
        cache_read: 100,
        cache_read_audio: 200,
        output: 30,
        output_image: 50,
        reasoning: 20,
        request: 1,
      },
    });
  });

  test('a Bedrock Converse response, which names no model', () => {
    expect(usageOf('bedrock', fixture('bedrock-converse'))).toEqual({
      operation: 'chat',
      serviceTier: 'priority',
      status: 'success',
      meters: { input: 10, cache_read: 20, cache_write_5m: 30, output: 5, request: 1 },
    });
  });

  test('both of the chat formats of xAI, where reasoning is besides the completion', () => {
    const nested = chat(10, 5, { completion_tokens_details: { reasoning_tokens: 7 } });
    const flat = chat(10, 5, { reasoning_tokens: 7, cached_prompt_text_tokens: 4 });
    expect(usageOf('x_ai', nested).meters).toEqual({ input: 10, output: 5, reasoning: 7, request: 1 });
    expect(usageOf('xai', flat).meters).toEqual({
      input: 6,
      cache_read: 4,
      output: 5,
      reasoning: 7,
      request: 1,
    });
  });

  test('DeepSeek cache hits under their own name only', () => {
    const body = chat(10, 5, { prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 });
    expect(usageOf('deepseek', body).meters).toEqual({ input: 2, cache_read: 8, output: 5, request: 1 });
  });

  test('the audio of an OpenAI transcription', () => {
    const usage = {
      input_tokens: 14,
      input_token_details: { text_tokens: 4, audio_tokens: 10 },
      output_tokens: 45,
    };
    expect(usageOf('openai', { text: '', usage }).meters).toEqual({
      input: 4,
      input_audio: 10,
      output: 45,
      request: 1,
    });
  });

  test('the images of an OpenAI image generation', () => {
    const usage = {
      input_tokens: 50,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      output_tokens: 4160,
      output_tokens_details: { text_tokens: 0, image_tokens: 4160 },
    };
    expect(usageOf('openai', { created: 1_788_256_800, usage })).toMatchObject({
      operation: 'image_generation',
      meters: { input: 10, input_image: 40, output_image: 4160, request: 1 },
    });
  });

  test('Perplexity citations as input, which is what they are billed as', () => {
    const body = chat(10, 5, { citation_tokens: 100, reasoning_tokens: 7, num_search_queries: 3 });
    expect(usageOf('perplexity', body).meters).toEqual({
      input: 110,
      output: 5,
      reasoning: 7,
      web_search: 3,
      request: 1,
    });
  });

  test('the thoughts that Gemini leaves out of its OpenAI-like completion', () => {
    const usage = { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 };
    expect(usageOf('google', textOnly(usage)).meters).toEqual({
      input: 35,
      output: 12,
      reasoning: 62,
      request: 1,
    });
    expect(usageOf('openai', textOnly(usage)).meters).toEqual({ input: 35, output: 12, request: 1 });
  });

  test.each([
    [{ speed: 'fast', service_tier: 'standard' }, 'fast'],
    [{ inference_geo: 'us', service_tier: 'batch' }, 'batch_us'],
    [{ inference_geo: 'us' }, 'standard_us'],
    [{ inference_geo: 'global', service_tier: 'standard' }, 'standard'],
    [{}, undefined],
  ])('Anthropic usage with %j is on tier %s', (extra, tier) => {
    expect(usageOf('anthropic', { usage: { input_tokens: 1, output_tokens: 1, ...extra } }).serviceTier).toBe(
      tier,
    );
  });

  test.each([
    [{ choices: [{ finish_reason: 'stop' }] }, 'success'],
    [{ choices: [{ finish_reason: 'stop' }, { finish_reason: 'length' }] }, 'truncated'],
    [{ choices: [{ finish_reason: 'content_filter' }] }, 'error'],
    [{ choices: [{ finish_reason: null }] }, undefined],
    [{ error: { type: 'server_error' } }, 'error'],
    [{}, undefined],
  ])('%j ended as %s', (extra, status) => {
    expect(usageOf('openai', { ...chat(1, 1), ...extra }).status).toBe(status);
  });

  test('what Anthropic bills beside an answer: a condensed context, and a model that was asked for advice', () => {
    const iteration = (type: string, input_tokens: number, fields: object = {}) => ({
      type,
      input_tokens,
      output_tokens: 7,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      ...fields,
    });
    const usage = {
      input_tokens: 300,
      output_tokens: 20,
      iterations: [
        iteration('compaction', 180_000, { cache_creation_input_tokens: 50 }),
        iteration('message', 100),
        iteration('advisor_message', 250, { model: 'claude-opus-4-8' }),
        iteration('fallback_message', 200, { model: 'claude-sonnet-5' }),
      ],
    };
    expect(usageOf('anthropic', { type: 'message', model: 'claude-sonnet-5', usage })).toMatchObject({
      model: 'claude-sonnet-5',
      meters: { input: 300, output: 20, request: 1 },
      beside: [
        { model: undefined, meters: { input: 180_000, cache_write_5m: 50, output: 7, request: 1 } },
        { model: 'claude-opus-4-8', meters: { input: 250, output: 7, request: 1 } },
      ],
    });
  });

  test('the thoughts that Gemini both names and leaves out once', () => {
    const usage = {
      prompt_tokens: 35,
      completion_tokens: 12,
      total_tokens: 109,
      completion_tokens_details: { reasoning_tokens: 62 },
    };
    expect(usageOf('google', textOnly(usage)).meters).toEqual({
      input: 35,
      output: 12,
      reasoning: 62,
      request: 1,
    });
  });

  test('the reasoning of xAI responses where the total says that it is', () => {
    const usage = (total_tokens: number) => ({
      input_tokens: 10,
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 7 },
      total_tokens,
    });
    expect(usageOf('xai', { usage: usage(19) }).meters).toMatchObject({ output: 2, reasoning: 7 });
    expect(usageOf('xai', { usage: usage(26) }).meters).toMatchObject({ output: 9, reasoning: 7 });
  });

  test.each([
    [{ created: 1_788_256_800 }, 1_788_256_800_000],
    [{ created: 0 }, undefined],
    [{ created: 1_788_256_800_000 }, undefined],
    [{ created_at: 'yesterday' }, undefined],
    [{}, undefined],
  ])('%j was made at %s', (extra, timestampMs) => {
    expect(usageOf('openai', { ...chat(1, 1), ...extra }).timestampMs).toBe(timestampMs);
  });
});

/** Bodies of one call in the formats of several providers, from disjoint counts. */
const FORMATS: Readonly<Record<string, (n: Readonly<Record<string, number>>) => unknown>> = {
  openai: (n) =>
    chat(n.input! + n.cache_read! + n.cache_write_5m!, n.output! + n.reasoning!, {
      prompt_tokens_details: { cached_tokens: n.cache_read, cache_write_tokens: n.cache_write_5m },
      completion_tokens_details: { reasoning_tokens: n.reasoning },
    }),
  azure: (n) => ({
    usage: {
      input_tokens: n.input! + n.cache_read! + n.cache_write_5m!,
      input_tokens_details: { cached_tokens: n.cache_read, cache_write_tokens: n.cache_write_5m },
      output_tokens: n.output! + n.reasoning!,
      output_tokens_details: { reasoning_tokens: n.reasoning },
    },
  }),
  anthropic: (n) => ({
    usage: {
      input_tokens: n.input,
      cache_read_input_tokens: n.cache_read,
      cache_creation_input_tokens: n.cache_write_5m,
      output_tokens: n.output! + n.reasoning!,
      output_tokens_details: { thinking_tokens: n.reasoning },
    },
  }),
};

test('a call is the same disjoint counts in every format', () => {
  const count = fc.integer({ min: 0, max: 10_000_000 });
  const counts = fc.record({
    input: count,
    cache_read: count,
    cache_write_5m: count,
    output: count,
    reasoning: count,
  });
  fc.assert(
    fc.property(counts, fc.constantFrom(...Object.keys(FORMATS)), (disjoint, provider) => {
      const expected = Object.fromEntries(
        Object.entries({ ...disjoint, request: 1 }).filter(([, n]) => n !== 0),
      );
      expect(usageOf(provider, FORMATS[provider]!(disjoint)).meters).toEqual(expected);
    }),
  );
});

test('no body makes it throw, warn, or give a count that is not a whole number of 0 or more', () => {
  const warn = vi.spyOn(console, 'warn');
  const number = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double(), fc.string(), fc.constant(null));
  const details = fc.dictionary(fc.constantFrom('cached_tokens', 'audio_tokens', 'reasoning_tokens'), number);
  const usage = fc.dictionary(
    fc.constantFrom(
      'prompt_tokens',
      'completion_tokens',
      'input_tokens',
      'output_tokens',
      'cache_read_input_tokens',
      'inputTokens',
      'outputTokens',
    ),
    fc.oneof(fc.integer({ min: 0, max: 50 }), number, details),
  );
  const body = fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.record({ usage }),
    fc.record({ usageMetadata: usage }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...PROVIDERS), body, (provider, given) => {
      const response = readProviderResponse(provider, given);
      if (response.kind === 'usage') {
        expect(response.usage.quantities.every((n) => Number.isSafeInteger(n) && n >= 0)).toBe(true);
        expect(response.usage.quantities).toHaveLength(METERS.length);
      } else expect(response.message).not.toBe('');
    }),
    { numRuns: 2000 },
  );
  expect(warn).not.toHaveBeenCalled();
});

test('its names for providers mean the same to pricing', () => {
  for (const name of PROVIDERS) {
    const canonical = canonicalProvider(name);
    expect(PROVIDERS).toContain(canonical);
    expect(readProviderResponse(name, chat(3, 2))).toEqual(readProviderResponse(canonical, chat(3, 2)));
  }
});
