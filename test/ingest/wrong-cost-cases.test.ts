import { expect, test } from 'vitest';
import { METER } from '../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { options, priced } from '../pricing/given.ts';
import { data, eventOf, eventsOf, lines, metersOf, NOW_MS, outcomesOf } from './provider-given.ts';

/**
 * Ways in which others got a cost wrong that begins with a provider's own bytes, each from those bytes to the price.
 * The numbers are those of the list of such reports that the project started from; what begins elsewhere is tested
 * there. Prices per million tokens are in the comments; the sums are done by hand.
 */

const pricing = createPricing(options());
const priceOf = (event: UsageEvent) => priced(pricing.price(event));
const atNow = { timestamp: String(NOW_MS / 1000) };

const message = (usage: object, fields: object = {}) => ({
  id: 'msg_0123456789abcdef',
  type: 'message',
  model: 'claude-sonnet-4-5-20250929',
  stop_reason: 'end_turn',
  usage,
  ...fields,
});
const chat = (model: string, usage: object, fields: object = {}) => ({
  id: 'chatcmpl-0123456789abcdef',
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage,
  ...fields,
});
/** The same answer in chunks, its usage in the last of them. */
const inChunks = ({ choices: _choices, usage, ...fields }: ReturnType<typeof chat>) => [
  { ...fields, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] },
  { ...fields, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...fields, choices: [], usage },
];

test('1. cache creation is charged once, streamed or not (BerriAI/litellm#9812)', () => {
  const start = {
    input_tokens: 4,
    cache_creation_input_tokens: 14_000,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  };
  const plain = eventOf('response', 'anthropic', message({ ...start, output_tokens: 100 }), atNow);
  const streamed = eventOf(
    'stream',
    'anthropic',
    data(
      { type: 'message_start', message: message(start, { stop_reason: null }) },
      // Repeated at the end, and not to be added to what was said at the start.
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { ...start, output_tokens: 100 } },
      { type: 'message_stop' },
    ),
    atNow,
  );
  expect(streamed).toEqual(plain);
  // 4 x 3 + 14,000 x 3.75 + 100 x 15
  expect(priceOf(plain).costNanoUsd).toBe(12_000 + 52_500_000 + 1_500_000);
});

test('2. Gemini cache hits are not charged as fresh input as well (BerriAI/litellm#14849)', () => {
  const chunk = (candidatesTokenCount: number, finishReason?: string) => ({
    responseId: 'Zk1aAJ_tMpWxvdIP5b6n2Q4',
    modelVersion: 'gemini-2.5-pro',
    candidates: [{ content: { parts: [{ text: 'Hi' }] }, ...(finishReason && { finishReason }) }],
    usageMetadata: {
      promptTokenCount: 262_960,
      cachedContentTokenCount: 257_955,
      candidatesTokenCount,
      totalTokenCount: 262_960 + candidatesTokenCount,
    },
  });
  const event = eventOf('stream', 'gemini', data(chunk(10), chunk(900), chunk(1744, 'STOP')), atNow);
  // above 200,000 tokens: 5,005 x 2.5 + 257,955 x 0.25 + 1,744 x 15
  expect(priceOf(event).costNanoUsd).toBe(12_512_500 + 64_488_750 + 26_160_000);
});

test('3. cached_tokens 0 beside cache_read_input_tokens 30,940 is a contradiction (BerriAI/litellm#11364)', () => {
  const usage = {
    prompt_tokens: 31_000,
    completion_tokens: 10,
    prompt_tokens_details: { cached_tokens: 0 },
    cache_read_input_tokens: 30_940,
  };
  const body = chat('anthropic/claude-sonnet-4', usage);
  const refusal = {
    kind: 'rejected',
    code: 'inconsistent_usage',
    message: 'usage.prompt_tokens_details.cached_tokens 0 and usage.cache_read_input_tokens 30940 disagree',
  };
  expect(outcomesOf('response', 'openrouter', body)).toEqual([refusal]);
  expect(outcomesOf('stream', 'openrouter', data(...inChunks(body)))).toEqual([refusal]);
});

test('4. the same chat body means what its sender means by it (BerriAI/litellm#14874)', () => {
  const body = chat('grok-4-0709', {
    prompt_tokens: 1000,
    completion_tokens: 50,
    total_tokens: 1090,
    prompt_tokens_details: { cached_tokens: 600 },
    completion_tokens_details: { reasoning_tokens: 40 },
  });
  // xAI counts reasoning beside the completion, OpenAI inside it. Cached tokens are in the prompt of both.
  const both = { input: 400, cache_read: 600, reasoning: 40, request: 1 };
  expect(metersOf(eventOf('response', 'xai', body))).toEqual({ ...both, output: 50 });
  expect(metersOf(eventOf('response', 'openai', body))).toEqual({ ...both, output: 10 });
});

test('7. more cached than input is an error, not zero input (langfuse/langfuse#13724)', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 101 } };
  for (const outcomes of [
    outcomesOf('response', 'openai', chat('gpt-4o', usage)),
    outcomesOf('stream', 'openai', data(...inChunks(chat('gpt-4o', usage)))),
    outcomesOf('batch', 'openai', lines({ custom_id: 'a', response: { body: chat('gpt-4o', usage) } })),
  ]) {
    expect(outcomes).toEqual([
      {
        kind: 'rejected',
        code: 'inconsistent_usage',
        message: expect.stringContaining('input 100 (cache read 101'),
      },
    ]);
  }
});

test('8. a token class without a price is unpriced, not free (langfuse/codex-observability-plugin#22)', () => {
  const own = createPricing(
    options({
      models: [{ provider: 'openai', model: 'mine', usd_per_million: { output: 1, cache_read: 0.1 } }],
    }),
  );
  const price = (cached_tokens: number) =>
    own.price(
      eventOf(
        'response',
        'openai',
        chat('mine', { prompt_tokens: 10, completion_tokens: 10, prompt_tokens_details: { cached_tokens } }),
        atNow,
      ),
    );
  expect(price(3)).toEqual({ kind: 'unpriced', reason: 'unknown_meter' });
  expect(price(10)).toMatchObject({ kind: 'priced', costNanoUsd: 11_000 });
});

test('9. cache writes for 5 minutes and for 1 hour have their own prices (envoyproxy/ai-gateway#2694)', () => {
  const usage = {
    input_tokens: 0,
    cache_creation_input_tokens: 3000,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
    output_tokens: 0,
  };
  const { costs } = priceOf(eventOf('response', 'anthropic', message(usage), atNow));
  // 2,000 x 3.75 and 1,000 x 6
  expect([costs[METER.cache_write_5m], costs[METER.cache_write_1h]]).toEqual([7_500_000, 6_000_000]);
});

test('10. a client that went away leaves a call of unknown usage, not of none (BerriAI/litellm#14457, #13245)', () => {
  const [first] = inChunks(chat('gpt-4o', {}));
  expect(outcomesOf('stream', 'openai', data(first))).toEqual([{ kind: 'skipped', reason: 'usage_missing' }]);
  const start = {
    input_tokens: 50_000,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  };
  const cut = data(
    { type: 'message_start', message: message(start, { stop_reason: null }) },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
  );
  // What is known is a lower bound. It is not taken for the whole.
  expect(outcomesOf('stream', 'anthropic', cut)).toEqual([{ kind: 'skipped', reason: 'usage_missing' }]);
});

test('11. zero usage is zero, absent usage is missing (BerriAI/litellm#37992)', () => {
  const zero = chat('gpt-4o', { prompt_tokens: 0, completion_tokens: 0 });
  expect(priceOf(eventOf('response', 'openai', zero, atNow)).costNanoUsd).toBe(0);
  expect(metersOf(eventOf('stream', 'openai', data(...inChunks(zero)), atNow))).toEqual({ request: 1 });
  for (const usage of [undefined, {}, null]) {
    const body = { ...zero, usage };
    expect(outcomesOf('response', 'openai', body)).toMatchObject([
      { kind: 'rejected', code: 'usage_missing' },
    ]);
    expect(outcomesOf('batch', 'openai', lines(body))).toEqual([
      { kind: 'skipped', reason: 'usage_missing' },
    ]);
  }
});

test('12. the tier in the response is the tier that is billed (BerriAI/litellm#13810, Portkey-AI/gateway#1511)', () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100 };
  const asked = { ...atNow, service_tier: 'auto' };
  const onTier = (service_tier: string) => chat('gpt-5', usage, { service_tier });
  const cost = (tier: string) => priceOf(eventOf('response', 'openai', onTier(tier), asked)).costNanoUsd;
  // 1,000 x 1.25 + 100 x 10
  expect([cost('default'), cost('flex'), cost('priority')]).toEqual([2_250_000, 1_125_000, 4_500_000]);
  const streamed = eventOf('stream', 'openai', data(...inChunks(onTier('flex'))), asked);
  expect(priceOf(streamed).costNanoUsd).toBe(1_125_000);
});

test('13. batch, long context and cache are one price matrix (BerriAI/litellm PR#39861, PR#37077)', () => {
  const gemini = (promptTokenCount: number, cachedContentTokenCount: number) => ({
    responseId: 'Zk1aAJ_tMpWxvdIP5b6n2Q4',
    modelVersion: 'gemini-2.5-pro',
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount, cachedContentTokenCount, candidatesTokenCount: 1000 },
  });
  const batch = (body: object) => eventOf('batch', 'google', lines({ key: 'a', response: body }), atNow);
  const plain = (body: object) => eventOf('response', 'google', body, atNow);
  const cost = (event: UsageEvent) => priceOf(event).costNanoUsd;
  // up to 200,000: 1.25, cached 0.125, output 10; above: 2.5, 0.25, 15. Batch halves all but the cached.
  expect(cost(plain(gemini(200_000, 100_000)))).toBe(125_000_000 + 12_500_000 + 10_000_000);
  expect(cost(batch(gemini(200_000, 100_000)))).toBe(62_500_000 + 12_500_000 + 5_000_000);
  expect(cost(plain(gemini(200_001, 100_001)))).toBe(250_000_000 + 25_000_250 + 15_000_000);
  expect(cost(batch(gemini(200_001, 100_001)))).toBe(125_000_000 + 25_000_250 + 7_500_000);
  // Bedrock's results name no model; with it they cost half, not nothing: 1,000 x 0.8 and 100 x 3.2, halved.
  const record = {
    recordId: 'CALL0000001',
    modelInput: {},
    modelOutput: { usage: { inputTokens: 1000, outputTokens: 100 } },
  };
  const nova = eventOf('batch', 'aws', lines(record), { ...atNow, model: 'amazon.nova-pro-v1:0' });
  expect(cost(nova)).toBe(400_000 + 160_000);
});

test('14. a response retrieved again is the same call (BerriAI/litellm#15740, #17814)', () => {
  const body = chat('gpt-4o', { prompt_tokens: 10, completion_tokens: 1 });
  const ids = [
    ...eventsOf('response', 'openai', body),
    ...eventsOf('stream', 'openai', data(...inChunks(body))),
    ...eventsOf('batch', 'openai', lines({ custom_id: 'a', response: { body } })),
  ].map(({ id }) => id);
  expect(ids).toEqual([body.id, body.id, body.id]);
  // Ollama numbers its answers from 0 to 999: its id is no proof that a call is the same.
  const short = (content: string) =>
    eventOf('response', 'openai', {
      ...body,
      id: 'chatcmpl-17',
      created: NOW_MS / 1000,
      choices: [{ message: { content } }],
    }).id;
  expect(short('one')).not.toBe(short('two'));
  expect(short('one')).toBe(short('one'));
  expect(eventOf('response', 'openai', { ...body, id: 'chatcmpl-17' }, { id: 'mine' }).id).toBe('mine');
});
