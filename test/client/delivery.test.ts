import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ClientError, type ClientOptions, createClient } from '../../client/index.ts';
import { exporterForClient, tokens, total } from './support/exporter.ts';

const EVENT = { provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 10 } };

/** A client on a pretended exporter, which answers as it is told. */
function given(
  answers: readonly (() => Response | Promise<Response>)[],
  options: Partial<ClientOptions> = {},
) {
  const posts: { readonly url: string; readonly events: { readonly id: string }[] }[] = [];
  const errors: ClientError[] = [];
  const client = createClient({
    url: 'http://exporter/',
    fetch: async (input, init) => {
      posts.push({ url: String(input), events: JSON.parse(String(init?.body)) });
      return (answers[posts.length - 1] ?? answers.at(-1)!)();
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  const track = (count: number) => {
    for (let i = 0; i < count; i++) client.trackEvent(EVENT);
  };
  return { client, posts, errors, track };
}

const taken = () => Response.json({ accepted: 1, duplicate: 0, unpriced: 0, rejected: [] });
const failing =
  (status: number, headers = {}) =>
  () =>
    Response.json({ error: { code: 'x', message: 'not now' } }, { status, headers });
const unreachable = () => Promise.reject(new TypeError('fetch failed'));

describe('batches', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('go when they are full, and the rest after the interval', async () => {
    const { client, posts, track } = given([taken], { batchSize: 10, flushIntervalMs: 2000 });
    track(25);
    await vi.advanceTimersByTimeAsync(0);
    expect(posts.map(({ events }) => events.length)).toEqual([10, 10, 5]);
    track(3);
    await vi.advanceTimersByTimeAsync(1999);
    expect(posts).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(posts[3]?.events).toHaveLength(3);
    expect(posts[3]?.url).toBe('http://exporter/v1/usage');
    expect(client.stats()).toMatchObject({ queued: 0, sent: 28 });
  });

  test('that fail go again as they are, later each time, until they are taken', async () => {
    const { client, posts, errors, track } = given([unreachable, failing(500), failing(503), taken]);
    track(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(posts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(249);
    expect(posts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(251);
    expect(posts).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(posts).toHaveLength(3);
    track(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(posts).toHaveLength(4);
    for (const { events } of posts.slice(1, 3)) expect(events).toEqual(posts[0]?.events);
    expect(posts[3]?.events).toEqual([...posts[0]!.events, expect.objectContaining(EVENT)]);
    expect(client.stats()).toMatchObject({ queued: 0, sent: 3, dropped: 0 });
    expect(errors.map(({ code, lost }) => [code, lost])).toEqual([
      ['unreachable', 0],
      ['unreachable', 0],
      ['unreachable', 0],
    ]);
  });

  test.each([
    ['seconds', () => '7'],
    ['a date', () => new Date(Date.now() + 7000).toUTCString()],
  ])('wait as Retry-After says: %s', async (_what, after) => {
    vi.setSystemTime(Date.UTC(2026, 10, 21));
    const { client, posts, track } = given([() => failing(429, { 'Retry-After': after() })(), taken]);
    track(1);
    await client.flush();
    await client.flush();
    await vi.advanceTimersByTimeAsync(6999);
    expect(posts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(posts).toHaveLength(2);
    expect(client.stats()).toMatchObject({ queued: 0, sent: 1 });
  });

  test('beyond the queue are dropped, counted and told of', async () => {
    const { client, errors, track } = given([unreachable], { maxQueue: 10, batchSize: 5 });
    track(15);
    await vi.advanceTimersByTimeAsync(0);
    track(4);
    expect(client.stats()).toMatchObject({ queued: 10, dropped: 9 });
    const lost = errors.filter(({ code }) => code === 'queue_full').reduce((sum, each) => sum + each.lost, 0);
    expect(lost).toBe(9);
    await client.close();
    track(1);
    expect(client.stats()).toMatchObject({ queued: 0, sent: 0, dropped: 20 });
    expect(errors.map(({ code }) => code)).toContain('undelivered');
  });
});

describe('what the exporter does not take', () => {
  test('is told of and not sent again', async () => {
    const refused = () =>
      Response.json({
        accepted: 1,
        duplicate: 1,
        unpriced: 0,
        rejected: [{ index: 1, code: 'invalid_event', message: 'model' }],
      });
    const { client, posts, errors, track } = given([refused]);
    track(3);
    await client.flush();
    await client.flush();
    expect(posts).toHaveLength(1);
    expect(client.stats()).toMatchObject({ queued: 0, sent: 2, rejected: 1 });
    expect(errors).toEqual([
      { code: 'rejected', lost: 1, message: '1 refused by the exporter, the first: invalid_event, model' },
    ]);
  });

  test.each([[400], [415], [422]])('as a whole, with %d, is given up', async (status) => {
    const { client, errors, track } = given([failing(status)]);
    track(3);
    await client.flush();
    expect(client.stats()).toMatchObject({ queued: 0, rejected: 3 });
    expect(errors).toMatchObject([
      { code: 'rejected', lost: 3, message: expect.stringContaining('not now') },
    ]);
  });

  test('because it is too large goes in smaller parts', async () => {
    const { client, posts, track } = given([failing(413), failing(413), taken], { batchSize: 100 });
    track(8);
    await client.flush();
    expect(posts.map(({ events }) => events.length)).toEqual([8, 4, 2, 2, 2, 2]);
    expect(client.stats()).toMatchObject({ sent: 8, rejected: 0 });
    const one = given([failing(413)]);
    one.track(1);
    await one.client.flush();
    expect(one.client.stats()).toMatchObject({ queued: 0, rejected: 1 });
  });
});

test('nothing that is given throws into the caller, not even through onError', () => {
  const client = createClient({
    url: 'http://127.0.0.1:1',
    fetch: unreachable,
    onError: () => {
      throw new Error('no');
    },
  });
  const circular: { self?: unknown } = {};
  circular.self = circular;
  for (const response of [undefined, null, 5, 'text', [], {}, circular, { id: 1n, object: 'response' }]) {
    client.track(response);
    client.track(response, { provider: 'openai', tags: circular as Record<string, string> });
    client.trackEvent(response as never);
  }
  expect(client.stats().sent).toBe(0);
});

describe('with an exporter', () => {
  test('that was away everything arrives once when it is back, and the caller never notices', async () => {
    const exporter = await exporterForClient();
    let isUp = false;
    const doorman = createServer(async (request, response) => {
      const body: Buffer[] = [];
      for await (const chunk of request) body.push(chunk as Buffer);
      if (!isUp) return request.socket.destroy();
      const answer = await fetch(exporter.url + request.url, {
        method: 'POST',
        headers: { 'content-type': request.headers['content-type']! },
        body: Buffer.concat(body),
      });
      // Taken, but the answer is lost the first time.
      if (lost++ === 0) return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    let lost = 0;
    doorman.listen(0, '127.0.0.1');
    await once(doorman, 'listening');
    onTestFinished(() => {
      doorman.closeAllConnections();
      doorman.close();
    });
    const errors: ClientError[] = [];
    const client = createClient({
      url: `http://127.0.0.1:${(doorman.address() as AddressInfo).port}`,
      batchSize: 20,
      onError: (error) => errors.push(error),
    });
    for (let i = 0; i < 50; i++) client.trackEvent(EVENT);
    await client.flush();
    expect(client.stats()).toMatchObject({ queued: 50, sent: 0 });
    isUp = true;
    await client.flush();
    expect(client.stats()).toMatchObject({ queued: 50, sent: 0 });
    expect(await total(exporter, 'llm_requests_total')).toBe(20);
    await client.flush();
    expect(client.stats()).toMatchObject({ queued: 0, sent: 50, dropped: 0 });
    expect(await total(exporter, 'llm_requests_total')).toBe(50);
    expect(await tokens(exporter)).toEqual({ input: 500 });
    expect(await total(exporter, 'llm_cost_exporter_ingest_events_total', 'result="duplicate"')).toBe(20);
    expect(errors.every(({ code, lost: calls }) => code === 'unreachable' && calls === 0)).toBe(true);
    await client.close();
  });

  test('many calls at once from many flushes count once each', async () => {
    const exporter = await exporterForClient();
    const client = createClient({ url: exporter.url, batchSize: 7, dimensions: { team: 'a' } });
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        client.trackEvent({ ...EVENT, tenant_id: `t${i % 3}` });
        if (i % 5 === 0) await client.flush();
      }),
    );
    await client.close();
    expect(client.stats()).toMatchObject({ queued: 0, sent: 200 });
    expect(await total(exporter, 'llm_requests_total', 'team="a"')).toBe(200);
    expect(await total(exporter, 'llm_requests_total', 'tenant_id="t1"')).toBe(67);
  });

  test('a short id of a response is not taken for an id', async () => {
    const exporter = await exporterForClient();
    const client = createClient({ url: exporter.url });
    const response = (id: string) => ({
      id,
      object: 'chat.completion',
      model: 'llama3',
      choices: [{ finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
    for (let i = 0; i < 2; i++) {
      client.track(response('chatcmpl-123'), { provider: 'ollama' });
      client.track(response('chatcmpl-0123456789'), { provider: 'ollama' });
    }
    await client.close();
    expect(await total(exporter, 'llm_requests_total', 'provider="ollama"')).toBe(3);
  });

  test('other providers go through the exporter’s own readers', async () => {
    const exporter = await exporterForClient();
    const client = createClient({ url: exporter.url, dimensions: { tenant_id: 'acme', tags: { a: 'b' } } });
    client.track(
      {
        responseId: 'gemini-response-0001',
        modelVersion: 'gemini-2.5-flash',
        candidates: [{ content: { parts: [{ text: 'secret' }] }, finishReason: 'STOP' }],
        usageMetadata: {
          promptTokenCount: 100,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 20,
          totalTokenCount: 125,
        },
      },
      { provider: 'google', team: 'search' },
    );
    await client.close();
    expect(await tokens(exporter, 'provider="google"', 'tenant_id="acme"', 'team="search"')).toEqual({
      input: 100,
      output: 5,
      reasoning: 20,
    });
  });
});
