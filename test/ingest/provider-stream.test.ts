import { describe, expect, test } from 'vitest';
import { data, eventOf, eventsOf, metersOf, NOW_MS, outcomesOf } from './provider-given.ts';

const ID = 'chatcmpl-0123456789abcdef';
const chunk = (fields: object = {}, reason: string | null = null) => ({
  id: ID,
  object: 'chat.completion.chunk',
  created: NOW_MS / 1000 - 60,
  model: 'gpt-4o',
  choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: reason }],
  ...fields,
});
const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
const counted = chunk({ choices: [], usage });
const message = {
  id: 'msg_0123456789abcdef',
  type: 'message',
  model: 'claude-sonnet-4-5',
  usage: {
    input_tokens: 10,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100 },
    output_tokens: 1,
  },
};
const started = { type: 'message_start', message };
const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } };
const delta = (counts: object, reason: string | null = 'end_turn') => ({
  type: 'message_delta',
  delta: { stop_reason: reason },
  usage: counts,
});
const gemini = (fields: object = {}, finishReason?: string) => ({
  candidates: [{ content: { parts: [{ text: 'Hello' }] }, ...(finishReason && { finishReason }) }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'Zk1aAJ_tMpWxvdIP5b6n2Q4',
  ...fields,
});
const response = { id: 'resp_0123456789abcdef', object: 'response', model: 'gpt-5', status: 'in_progress' };
const responsesUsage = { input_tokens: 20, output_tokens: 3, total_tokens: 23 };
const error = { error: { type: 'server_error', message: 'SECRET prompt' } };

describe('a stream without all of its usage is skipped, with its reason', () => {
  test.each<[what: string, provider: string, transcript: string, reason: string]>([
    ['usage not asked for', 'openai', data(chunk(), chunk({}, 'stop'), '[DONE]'), 'usage_missing'],
    ['the client went away', 'openai', data(chunk({ usage: null }), chunk({ usage: null })), 'usage_missing'],
    ['cut in an event', 'openai', data(chunk(), chunk({}, 'stop'), counted).slice(0, -40), 'usage_missing'],
    ['cut while the usage grew', 'perplexity', data(chunk({ usage }), chunk({ usage })), 'usage_missing'],
    ['the end lost its usage', 'openai', data(chunk({}, 'stop')), 'usage_missing'],
    [
      'usage without figures',
      'openai',
      data(chunk({}, 'stop'), chunk({ choices: [], usage: {} })),
      'usage_missing',
    ],
    ['an error', 'openai', data(error), 'failed_without_usage'],
    ['an error at Mistral', 'mistral', data({ object: 'error', message: 'SECRET' }), 'failed_without_usage'],
    ['an error in the answer', 'openai', data(chunk(), error, '[DONE]'), 'usage_missing'],
    ['only the start of a message', 'anthropic', data(started), 'usage_missing'],
    ['a message cut off', 'anthropic', data(started, text, text), 'usage_missing'],
    [
      'a message without its delta',
      'anthropic',
      data(started, text, { type: 'message_stop' }),
      'usage_missing',
    ],
    ['overload at once', 'anthropic', data({ type: 'error', ...error }), 'failed_without_usage'],
    ['overload on the way', 'anthropic', data(started, text, { type: 'error', ...error }), 'usage_missing'],
    ['content cut off', 'google', data(gemini(), gemini()), 'usage_missing'],
    [
      'an error at Gemini',
      'google',
      data({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }),
      'failed_without_usage',
    ],
    [
      'a response that failed',
      'openai',
      data(
        { type: 'response.created', response },
        { type: 'response.failed', response: { ...response, usage: null } },
      ),
      'failed_without_usage',
    ],
    [
      'a response cut off',
      'openai',
      data({ type: 'response.created', response }, { type: 'response.output_text.delta', delta: 'Hello' }),
      'usage_missing',
    ],
    [
      'a conversation cut off',
      'aws',
      '{"messageStart":{"role":"assistant"}}\n{"messageStop":{"stopReason":"end_turn"}}\n',
      'usage_missing',
    ],
    ['throttling', 'aws', '{"throttlingException":{"message":"SECRET"}}\n', 'failed_without_usage'],
    [
      'a chat cut off',
      'cohere',
      data({ type: 'message-start', id: ID }, { type: 'content-delta' }),
      'usage_missing',
    ],
  ])('%s', (_, provider, transcript, reason) => {
    expect(outcomesOf('stream', provider, transcript)).toEqual([{ kind: 'skipped', reason }]);
  });
});

describe('is refused', () => {
  test.each<[what: string, provider: string, transcript: string, code: string, message: RegExp]>([
    ['an empty body', 'openai', '', 'invalid_event', /^body: no event with data in the stream$/],
    ['nothing but comments', 'openrouter', ': OPENROUTER PROCESSING\n\n', 'invalid_event', /no event/],
    ['what is no stream', 'openai', '<html>SECRET</html>', 'invalid_event', /no event/],
    ['an unknown provider', 'my-vllm', data(chunk()), 'unknown_provider', /got my-vllm$/],
    [
      'two calls',
      'openai',
      data(
        chunk(),
        chunk({}, 'stop'),
        counted,
        '[DONE]',
        chunk({ id: `${ID}2` }),
        chunk({ id: `${ID}2`, choices: [], usage }),
      ),
      'invalid_event',
      /several calls/,
    ],
    [
      'two messages',
      'anthropic',
      data(started, delta({ output_tokens: 5 }), { ...started, message: { ...message, id: 'msg_other' } }),
      'invalid_event',
      /several calls/,
    ],
    [
      'a contradiction',
      'openai',
      data(chunk({}, 'stop'), chunk({ choices: [], usage: { ...usage, prompt_tokens: -1 } })),
      'inconsistent_usage',
      /-1/,
    ],
  ])('%s', (_, provider, transcript, code, message) => {
    expect(outcomesOf('stream', provider, transcript)).toEqual([
      { kind: 'rejected', code, message: expect.stringMatching(message) },
    ]);
  });
});

describe('Anthropic deltas', () => {
  const meters = (...events: object[]) =>
    metersOf(eventOf('stream', 'anthropic', data(started, text, ...events)));

  test('take the place of the counts before them, and are not added', () => {
    expect(meters(delta({ output_tokens: 5 }, null), delta({ output_tokens: 42 }))).toEqual({
      input: 10,
      cache_write_1h: 100,
      output: 42,
      request: 1,
    });
  });

  test('leave what they do not have, or have as null', () => {
    const counts = {
      input_tokens: 12,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: 7,
      output_tokens: 42,
    };
    expect(meters(delta(counts))).toEqual({
      input: 12,
      cache_read: 7,
      cache_write_1h: 100,
      output: 42,
      request: 1,
    });
  });

  test('that wrote more cache wrote it for as long as before', () => {
    expect(meters(delta({ cache_creation_input_tokens: 130, output_tokens: 42 }))).toMatchObject({
      cache_write_1h: 130,
    });
  });

  test('of two lifetimes say nothing about the rest', () => {
    const both = {
      ...message.usage,
      cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 60 },
    };
    const transcript = data(
      { ...started, message: { ...message, usage: both } },
      delta({ cache_creation_input_tokens: 130, output_tokens: 42 }),
    );
    expect(outcomesOf('stream', 'anthropic', transcript)).toMatchObject([
      { code: 'inconsistent_usage', message: expect.stringContaining('cache writes') },
    ]);
  });
});

test('the status is that of the end', () => {
  const statusOf = (provider: string, ...events: object[]) =>
    eventOf('stream', provider, data(...events)).dimensions.status;
  expect([
    statusOf('openai', chunk(), chunk({}, 'length'), counted),
    statusOf('openai', chunk(), chunk({}, 'stop'), chunk({}, 'content_filter'), counted),
    statusOf('openrouter', chunk(), { ...chunk({}, 'error'), error: { code: 502 } }, counted),
    statusOf('anthropic', started, { ...delta({ output_tokens: 5 }), delta: { stop_reason: 'max_tokens' } }),
    statusOf('google', gemini(), gemini({}, 'SAFETY')),
    statusOf('google', gemini({ candidates: undefined, promptFeedback: { blockReason: 'OTHER' } })),
    statusOf('openai', {
      type: 'response.incomplete',
      response: { ...response, status: 'incomplete', usage: responsesUsage },
    }),
    statusOf('openai', {
      type: 'response.failed',
      response: { ...response, status: 'failed', usage: responsesUsage },
    }),
  ]).toEqual(['truncated', 'error', 'error', 'truncated', 'error', 'error', 'truncated', 'error']);
});

test('the last usage counts, and only its tier', () => {
  const event = eventOf(
    'stream',
    'openai',
    data(
      chunk({ usage: { prompt_tokens: 100, completion_tokens: 1 }, service_tier: 'auto' }),
      chunk({}, 'stop'),
      { ...counted, service_tier: 'flex' },
    ),
  );
  expect([metersOf(event), event.dimensions.service_tier]).toEqual([
    { input: 100, output: 10, request: 1 },
    'flex',
  ]);
});

test('Gemini streams an array where it is not asked for events', () => {
  const [event] = eventsOf('response', 'gemini', [
    gemini(),
    gemini({ usageMetadata: undefined }),
    gemini({}, 'STOP'),
  ]);
  expect(event).toEqual(eventOf('stream', 'gemini', data(gemini(), gemini({}, 'STOP'))));
  expect(outcomesOf('response', 'google', [gemini()])).toEqual([
    { kind: 'skipped', reason: 'usage_missing' },
  ]);
  expect(outcomesOf('response', 'openai', [chunk()])).toMatchObject([{ code: 'invalid_event' }]);
});

test('what the request says of a call is said of a streamed one', () => {
  const event = eventOf('stream', 'aws', '{"metadata":{"usage":{"inputTokens":1,"outputTokens":2}}}', {
    id: 'mine',
    model: 'amazon.nova-pro-v1:0',
    tenant_id: 'acme',
    timestamp: '2026-11-21T10:00:00Z',
    latency_ms: '120',
    cost_usd: '0.5',
  });
  expect(event).toMatchObject({
    id: 'mine',
    timestampMs: Date.UTC(2026, 10, 21, 10),
    dimensions: { model: 'amazon.nova-pro-v1:0', tenant_id: 'acme' },
    latencyMs: 120,
    reportedCostNanoUsd: 500_000_000,
  });
});

describe('a transcript without an id that is unique', () => {
  const short = (content: string) =>
    data(
      chunk({ id: 'chatcmpl-17', choices: [{ index: 0, delta: { content } }] }),
      chunk({ id: 'chatcmpl-17' }, 'stop'),
      { ...counted, id: 'chatcmpl-17' },
    );

  test('is its events, however they are framed', () => {
    const { id } = eventOf('stream', 'openai', short('Hello'));
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(eventOf('stream', 'openai', `: ping\n\n${short('Hello').replaceAll('\n', '\r\n')}`).id).toBe(id);
    expect(eventOf('stream', 'openai', short('Goodbye')).id).not.toBe(id);
  });
});

test('what is nested deeply does no harm', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const transcript = `data: {"id":"short","choices":[{"delta":${deep}}]}\n\n${data({ ...chunk({}, 'stop'), id: 'short' }, { ...counted, id: 'short' })}`;
  expect(metersOf(eventOf('stream', 'openai', transcript))).toEqual({ input: 100, output: 10, request: 1 });
  const inUsage = `data: {"id":"short","choices":[],"model":"m","usage":{"prompt_tokens":1,"completion_tokens":1,"x":${deep}}}\n\n`;
  expect(outcomesOf('stream', 'openai', inUsage)).toMatchObject([{ code: 'invalid_event' }]);
  expect(outcomesOf('response', 'google', `[{"candidates":${deep}}]`)).toMatchObject([
    { code: 'invalid_event' },
  ]);
});
