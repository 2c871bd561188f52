import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemOfResponse } from '../../client/item-of-response.ts';
import { READ_BY_EXPORTER } from '../../client/providers.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { canonicalProvider } from '../../exporter/domain/provider-name.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import { createSources } from '../../exporter/ingest/index.ts';
import type { Outcome } from '../../exporter/ingest/outcome.ts';
import { PROVIDERS } from '../../exporter/ingest/provider-response.ts';
import type { SourceId } from '../../exporter/ingest/source.ts';
import { realInput } from '../real/shared-data.ts';
import { NOW_MS } from '../support/charges.ts';
import { type Recorded, senderOf } from '../support/recorded-responses.ts';

const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 4000 * 86_400_000 };
const sources = createSources({
  eventsPerRequest: 10,
  otlp: { ...configSchema.parse({}).otlp, eventsPerRequest: 10, startedMs: NOW_MS },
});

interface Sent {
  readonly via: 'event' | 'response' | 'no usage';
  readonly outcomes: readonly Outcome[];
}

function read(source: SourceId, text: string, provider = '', attributes = {}): readonly Outcome[] {
  const request = { body: Buffer.from(text), contentType: '', provider, attributes };
  return sources.get(source)!.read(request, BOUNDS);
}

/** What the exporter makes of what the client makes of a response. */
function byClient(provider: string, body: unknown): Sent {
  const reading = itemOfResponse(body, { provider }, NOW_MS);
  if (reading.kind === 'none') throw new Error(reading.message);
  const { item } = reading;
  if (item.kind === 'event') return { via: 'event', outcomes: read('events', item.text) };
  const { pathname, searchParams } = new URL(item.path, 'http://exporter');
  const name = decodeURIComponent(pathname.slice('/v1/usage/'.length));
  const source = reading.isUsageMissing ? 'provider_stream' : 'provider_response';
  const outcomes = read(source, item.text, name, Object.fromEntries(searchParams));
  return { via: reading.isUsageMissing ? 'no usage' : 'response', outcomes };
}

function comparable(outcome: Outcome): object {
  if (outcome.kind !== 'event') return { kind: 'not counted' };
  const { id: _, timestampMs: __, ...event }: UsageEvent = outcome.event;
  return event;
}

/** Holds it against what the exporter makes of the response itself. Returns the way that it went. */
function expectSame(provider: string, body: unknown): Sent['via'] {
  const { via, outcomes } = byClient(provider, body);
  const direct = read('provider_response', JSON.stringify(body), provider);
  expect(outcomes.map(comparable)).toEqual(direct.map(comparable));
  if (via === 'no usage') expect(direct).toMatchObject([{ code: 'usage_missing' }]);
  return via;
}

const directory = join(import.meta.dirname, '../fixtures/provider');
const fixture = (name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8'));

test('the recorded responses of every provider', () => {
  const via = Object.fromEntries(
    readdirSync(directory).map((name) => [name, expectSame(providerOf(name), fixture(name))]),
  );
  expect(via).toMatchObject({
    'openai-chat.json': 'event',
    'openai-responses.json': 'event',
    'openai-embeddings.json': 'event',
    // It searched the web, of which an event has no count.
    'anthropic-message.json': 'response',
    'gemini-generate-content.json': 'response',
    'bedrock-converse.json': 'response',
  });
});

function providerOf(name: string): string {
  const [first] = name.split('-');
  return { gemini: 'google', bedrock: 'aws' }[first!] ?? first!;
}

const MESSAGE = fixture('anthropic-message.json');
const CHAT = fixture('openai-chat.json');

describe('OpenAI and Anthropic, as events', () => {
  const message = (usage: object, fields: object = {}) => ({ ...MESSAGE, usage, ...fields });
  test.each<[what: string, provider: string, body: object]>([
    ['a message', 'anthropic', message({ input_tokens: 10, output_tokens: 5 })],
    [
      'one with caches of both kinds',
      'anthropic',
      message({
        input_tokens: 100,
        cache_creation_input_tokens: 3000,
        cache_read_input_tokens: 6000,
        cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
        output_tokens: 500,
        output_tokens_details: { thinking_tokens: 300 },
        server_tool_use: { web_search_requests: 0, web_fetch_requests: 3 },
      }),
    ],
    [
      'one with caches of unnamed lifetime',
      'anthropic',
      message({ input_tokens: 1, cache_creation_input_tokens: 30, output_tokens: 5, cache_creation: null }),
    ],
    ['one of the US', 'anthropic', message({ input_tokens: 1, output_tokens: 5, inference_geo: 'us' })],
    [
      'a US batch',
      'anthropic',
      message({ input_tokens: 1, output_tokens: 5, inference_geo: 'us', service_tier: 'batch' }),
    ],
    [
      'a fast one',
      'anthropic',
      message({ input_tokens: 1, output_tokens: 5, speed: 'fast', inference_geo: 'us' }),
    ],
    [
      'a refused one',
      'anthropic',
      message({ input_tokens: 1, output_tokens: 5 }, { stop_reason: 'refusal' }),
    ],
    ['a chat', 'openai', CHAT],
    [
      'its content filtered',
      'openai',
      { ...CHAT, choices: [{ finish_reason: 'stop' }, { finish_reason: 'content_filter' }] },
    ],
    ['an empty one', 'openai', { ...CHAT, usage: { prompt_tokens: 0, completion_tokens: 0 } }],
    ['a text completion', 'openai', { ...CHAT, object: 'text_completion' }],
    [
      'a response that failed',
      'openai',
      { ...fixture('openai-responses.json'), status: 'failed', error: { code: 'x' } },
    ],
    [
      'a response that is incomplete',
      'openai',
      { ...fixture('openai-responses.json'), status: 'incomplete' },
    ],
    ['parts beyond their total', 'openai', { ...CHAT, usage: { ...CHAT.usage, prompt_tokens: 10 } }],
  ])('%s', (_what, provider, body) => {
    expect(expectSame(provider, body)).toBe('event');
  });
});

describe('what an event cannot say is read by the exporter', () => {
  test.each<[what: string, provider: string, body: object]>([
    ['web searches', 'anthropic', MESSAGE],
    [
      'cache writes that do not add up',
      'anthropic',
      { ...MESSAGE, usage: { ...MESSAGE.usage, cache_creation_input_tokens: 1 } },
    ],
    ['half a token', 'openai', { ...CHAT, usage: { prompt_tokens: 1.5, completion_tokens: 1 } }],
    ['two numbers of cached tokens', 'openai', { ...CHAT, usage: { ...CHAT.usage, cached_tokens: 5 } }],
    ['no output', 'openai', { ...CHAT, usage: { prompt_tokens: 5 } }],
    ['xAI, which counts reasoning apart', 'x-ai', CHAT],
    [
      'DeepSeek, which names its cache otherwise',
      'deepseek',
      { ...CHAT, usage: { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 } },
    ],
  ])('%s', (_what, provider, body) => {
    expect(expectSame(provider, body)).toBe('response');
  });
});

test('a response without usage is seen as one, and its failure too', () => {
  expect(expectSame('openai', { ...CHAT, usage: null })).toBe('no usage');
  expect(byClient('openai', { ...CHAT, usage: null }).outcomes).toEqual([
    { kind: 'skipped', reason: 'usage_missing' },
  ]);
  expect(byClient('openai', { error: { type: 'server_error', message: 'the prompt' } }).outcomes).toEqual([
    { kind: 'skipped', reason: 'failed_without_usage' },
  ]);
});

const count = fc.oneof(fc.nat(20), fc.nat(1e6), fc.constant(null), fc.constant(undefined));

test('any counts of OpenAI and Anthropic', () => {
  const chat = fc.record({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: fc.option(
      fc.record({ cached_tokens: count, audio_tokens: count, cache_write_tokens: count }),
    ),
    completion_tokens_details: fc.option(fc.record({ reasoning_tokens: count, audio_tokens: count })),
  });
  const messages = fc.record({
    input_tokens: count,
    output_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation: fc.option(
      fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
    ),
    output_tokens_details: fc.option(fc.record({ thinking_tokens: count })),
  });
  fc.assert(
    fc.property(chat, messages, (chatUsage, messageUsage) => {
      expectSame('openai', { ...CHAT, usage: chatUsage });
      expectSame('anthropic', { ...MESSAGE, usage: messageUsage });
    }),
    { numRuns: 300 },
  );
});

test('the client knows which providers the exporter can read', () => {
  const read = new Set(PROVIDERS.map(canonicalProvider));
  expect([...READ_BY_EXPORTER, 'anthropic', 'openai'].sort()).toEqual([...read].sort());
});

test('the recorded responses of many providers, if they are at hand', (context) => {
  const recorded: Recorded[] = JSON.parse(
    readFileSync(
      realInput(context, 'real responses through the client', 'provider-usage/sample.json'),
      'utf8',
    ),
  );
  const via = { event: 0, response: 0, 'no usage': 0 };
  for (const each of recorded) via[expectSame(senderOf(each), each.body)] += 1;
  expect(via.event).toBeGreaterThan(100);
  expect(via.response).toBeGreaterThan(50);
});
