import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { type ClientError, type ClientOptions, createClient } from '../../client/index.ts';
import { exporterForClient, tokens, total } from './support/exporter.ts';
import { type ProviderStub, providerStub, SECRET } from './support/provider-stub.ts';

const CHAT_TOKENS = { input: 400, cache_read: 600, output: 150, reasoning: 50 };
const RESPONSES_TOKENS = { input: 1500, cache_read: 500, output: 200, reasoning: 100 };
const MESSAGE_TOKENS = {
  input: 100,
  cache_read: 6000,
  cache_write_5m: 2000,
  cache_write_1h: 1000,
  output: 500,
};

const QUESTION = [{ role: 'user' as const, content: 'the very secret question' }];

async function given(options: Partial<ClientOptions> = {}, provider = 'openai') {
  const [exporter, stub] = [await exporterForClient(), await providerStub()];
  const errors: ClientError[] = [];
  const client = createClient({
    url: exporter.url,
    dimensions: { tenant_id: 'acme' },
    providers: { [stub.host]: provider },
    onError: (error) => errors.push(error),
    ...options,
  });
  return { exporter, stub, client, errors };
}

const openai = ({ url }: ProviderStub, fetch?: typeof globalThis.fetch) =>
  new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0, ...(fetch && { fetch }) });
const anthropic = ({ url }: ProviderStub, fetch?: typeof globalThis.fetch) =>
  new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0, ...(fetch && { fetch }) });

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Ids and times differ from call to call. */
function withoutIds(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\d{24}|"created(_at)?":\d+/g, '');
}

describe('OpenAI', () => {
  test('chat completions: the caller sees the same, the exporter the usage', async () => {
    const { exporter, stub, client } = await given();
    const ask = (fetch?: typeof globalThis.fetch) =>
      openai(stub, fetch).chat.completions.create({ model: 'gpt-4o', messages: QUESTION }).withResponse();
    const [watched, plain] = [await ask(client.fetch), await ask()];
    expect(withoutIds(watched.data)).toEqual(withoutIds(plain.data));
    expect(watched.data.choices[0]?.message.content).toBe(SECRET);
    expect(watched.request_id).toBe('req-1');
    expect(watched.response.url).toBe(plain.response.url);
    await client.close();
    expect(await tokens(exporter, 'tenant_id="acme"', 'provider="openai"')).toEqual(CHAT_TOKENS);
    expect(await total(exporter, 'llm_requests_total', 'status="success"')).toBe(1);
    expect(await total(exporter, 'llm_request_duration_seconds_count')).toBe(1);
    expect(client.stats()).toEqual({ queued: 0, sent: 1, rejected: 0, dropped: 0, usageMissing: 0 });
  });

  test('streamed chat completions that ask for usage', async () => {
    const { exporter, stub, client } = await given();
    const ask = async (fetch?: typeof globalThis.fetch) =>
      all(
        await openai(stub, fetch).chat.completions.create({
          model: 'gpt-4o',
          messages: QUESTION,
          stream: true,
          stream_options: { include_usage: true },
        }),
      );
    const [watched, plain] = [await ask(client.fetch), await ask()];
    expect(watched.length).toBeGreaterThan(4);
    expect(withoutIds(watched)).toEqual(withoutIds(plain));
    await client.close();
    expect(await tokens(exporter)).toEqual(CHAT_TOKENS);
    expect(await total(exporter, 'llm_requests_total', 'status="truncated"')).toBe(1);
  });

  test('a stream without usage is told of, here and there, and is never zero tokens', async () => {
    const { exporter, stub, client, errors } = await given();
    const create = { model: 'gpt-4o', messages: QUESTION, stream: true as const };
    expect(await all(await openai(stub, client.fetch).chat.completions.create(create))).toHaveLength(5);
    await client.close();
    expect(stub.requests[0]?.body).toEqual(create);
    expect(client.stats()).toMatchObject({ usageMissing: 1, sent: 1, rejected: 0 });
    expect(errors).toMatchObject([{ code: 'usage_missing', lost: 1 }]);
    expect(await tokens(exporter)).toEqual({});
    expect(await total(exporter, 'llm_requests_total')).toBe(0);
    expect(await total(exporter, 'llm_cost_exporter_ingest_uncounted_total', 'reason="usage_missing"')).toBe(
      1,
    );
  });

  test('includeUsage asks for it', async () => {
    const { exporter, stub, client, errors } = await given({ includeUsage: true });
    const chunks = await all(
      await openai(stub, client.fetch).chat.completions.create({
        model: 'gpt-4o',
        messages: QUESTION,
        stream: true,
      }),
    );
    expect(chunks.at(-1)?.usage?.prompt_tokens).toBe(1000);
    await client.close();
    expect(stub.requests[0]?.body.stream_options).toEqual({ include_usage: true });
    expect(await tokens(exporter)).toEqual(CHAT_TOKENS);
    expect(errors).toEqual([]);
  });

  test('responses, streamed or not, and one that is looked up again counts once', async () => {
    const { exporter, stub, client } = await given();
    const sdk = openai(stub, client.fetch);
    const created = await sdk.responses.create({ model: 'gpt-4.1', input: 'secret' });
    expect(created.output_text).toBe(SECRET);
    await client.flush();
    expect(await tokens(exporter)).toEqual(RESPONSES_TOKENS);
    const events = await all(await sdk.responses.create({ model: 'gpt-4.1', input: 'secret', stream: true }));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      ...SECRET.split(' ').map(() => 'response.output_text.delta'),
      'response.completed',
    ]);
    await client.flush();
    expect(await total(exporter, 'llm_requests_total')).toBe(2);
    client.track(created);
    await client.close();
    expect(await total(exporter, 'llm_requests_total')).toBe(2);
    expect(client.stats()).toMatchObject({ sent: 3 });
  });

  test('embeddings, which have no id, and what is no model call', async () => {
    const { exporter, stub, client, errors } = await given();
    const sdk = openai(stub, client.fetch);
    await sdk.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'secret',
      encoding_format: 'float',
    });
    await sdk.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'secret',
      encoding_format: 'float',
    });
    await anthropic(stub, client.fetch).messages.countTokens({ model: 'claude', messages: QUESTION });
    await expect(sdk.embeddings.create({ model: 'broken', input: 'x' })).rejects.toThrow('no such model');
    await client.close();
    expect(await tokens(exporter)).toEqual({ input: 154 });
    expect(client.stats().sent).toBe(2);
    expect(errors).toEqual([]);
  });

  test('X-LLM headers of a call are its own dimensions, and the provider never sees them', async () => {
    const { exporter, stub, client } = await given();
    await openai(stub, client.fetch).chat.completions.create(
      { model: 'gpt-4o', messages: QUESTION },
      { headers: { 'X-LLM-Tenant-Id': 'other', 'X-LLM-Feature': 'search' } },
    );
    await client.close();
    expect(await total(exporter, 'llm_requests_total', 'tenant_id="other"', 'feature="search"')).toBe(1);
    expect(Object.keys(stub.requests[0]!.headers).filter((name) => name.startsWith('x-llm'))).toEqual([]);
    expect(stub.requests[0]!.headers.authorization).toBe('Bearer key');
  });
});

describe('Anthropic', () => {
  test('messages', async () => {
    const { exporter, stub, client } = await given({}, 'anthropic');
    const create = { model: 'claude', max_tokens: 500, messages: QUESTION };
    const message = await anthropic(stub, client.fetch).messages.create(create);
    expect(message.content).toEqual([{ type: 'text', text: SECRET }]);
    await client.close();
    expect(await tokens(exporter, 'provider="anthropic"')).toEqual(MESSAGE_TOKENS);
  });

  test('streamed messages', async () => {
    const { exporter, stub, client } = await given({}, 'anthropic');
    const create = { model: 'claude', max_tokens: 500, messages: QUESTION };
    const ask = async (fetch?: typeof globalThis.fetch) =>
      all(await anthropic(stub, fetch).messages.create({ ...create, stream: true }));
    const [watched, plain] = [await ask(client.fetch), await ask()];
    expect(watched.length).toBeGreaterThan(6);
    expect(withoutIds(watched)).toEqual(withoutIds(plain));
    const final = await anthropic(stub, client.fetch).messages.stream(create).finalMessage();
    expect(final.usage.output_tokens).toBe(500);
    await client.close();
    expect(await tokens(exporter)).toEqual(
      Object.fromEntries(Object.entries(MESSAGE_TOKENS).map(([type, count]) => [type, 2 * count])),
    );
    expect(await total(exporter, 'llm_requests_total', 'status="truncated"')).toBe(2);
  });
});

describe('a stream belongs to its caller', () => {
  test('nothing of it is read before the caller reads', async () => {
    let read = 0;
    const endless = new ReadableStream(
      { pull: (controller) => controller.enqueue(new TextEncoder().encode(`data: {"n": ${read++}}\n\n`)) },
      { highWaterMark: 0 },
    );
    const client = createClient({
      url: 'http://127.0.0.1:1',
      fetch: async () => new Response(endless, { headers: { 'content-type': 'text/event-stream' } }),
    });
    const response = await client.fetch('https://api.openai.com/v1/responses', { method: 'POST' });
    const reader = response.body!.getReader();
    expect(read).toBe(0);
    for (let i = 0; i < 3; i++) await reader.read();
    expect(read).toBe(3);
    await reader.cancel();
  });

  test('events come while the provider still holds the last one', async () => {
    const { stub, client, exporter } = await given();
    stub.hold();
    const stream = await openai(stub, client.fetch).chat.completions.create({
      model: 'gpt-4o',
      messages: QUESTION,
      stream: true,
      stream_options: { include_usage: true },
    });
    const seen: string[] = [];
    for await (const chunk of stream) {
      seen.push(chunk.choices[0]?.delta.content ?? '');
      if (seen.length === SECRET.split(' ').length) stub.release();
    }
    expect(seen.join('')).toBe(`${SECRET} `);
    await client.close();
    expect(await tokens(exporter)).toEqual(CHAT_TOKENS);
  });

  test.each<[how: string, stop: (stream: { controller: AbortController }) => void]>([
    ['leaving the loop', () => {}],
    ['aborting', ({ controller }) => controller.abort()],
  ])('%s ends the provider’s response, and the call counts as one without usage', async (_how, stop) => {
    const { stub, client } = await given();
    stub.hold();
    const stream = await openai(stub, client.fetch).chat.completions.create({
      model: 'gpt-4o',
      messages: QUESTION,
      stream: true,
    });
    for await (const _ of stream) {
      stop(stream);
      break;
    }
    while (stub.aborted.length === 0 || client.stats().usageMissing === 0)
      await new Promise((resolve) => setImmediate(resolve));
    expect(stub.aborted).toEqual(['/v1/chat/completions']);
    await client.close();
  });

  test('what Anthropic had counted when a stream was left is no usage', async () => {
    const { stub, client, exporter } = await given({}, 'anthropic');
    stub.hold(2);
    const create = { model: 'claude', max_tokens: 500, messages: QUESTION };
    for await (const event of await anthropic(stub, client.fetch).messages.create({
      ...create,
      stream: true,
    })) {
      expect(event.type).toBe('message_start');
      break;
    }
    while (client.stats().usageMissing === 0) await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    expect(await tokens(exporter)).toEqual({});
    expect(await total(exporter, 'llm_cost_exporter_ingest_uncounted_total', 'reason="usage_missing"')).toBe(
      1,
    );
  });
});

test('nothing that was asked or answered reaches the exporter', async () => {
  const sent: string[] = [];
  const { stub, client } = await given({
    fetch: async (input, init) => {
      if (String(input).includes('/v1/usage')) sent.push(`${input} ${init?.body}`);
      return fetch(input, init);
    },
  });
  const [chat, claude] = [openai(stub, client.fetch), anthropic(stub, client.fetch)];
  const ask = { model: 'gpt-4o', messages: QUESTION };
  await chat.chat.completions.create(ask);
  await all(await chat.chat.completions.create({ ...ask, stream: true }));
  await all(
    await chat.responses.create({ model: 'gpt-4o', input: 'the very secret question', stream: true }),
  );
  await claude.messages.create({ ...ask, max_tokens: 5 });
  for (const provider of ['groq', 'google', 'own']) {
    client.track({ ...(await chat.chat.completions.create(ask)), text: SECRET }, { provider });
  }
  await client.close();
  expect(sent.length).toBeGreaterThan(2);
  expect(sent.join()).toContain('prompt_tokens');
  expect(sent.join()).not.toMatch(/secret/);
});
