import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, type RunningExporter, scrape, startExporter, sumOf } from './support/exporter.ts';

let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter({ ledger: { retention_days: 3660 } });
});
afterAll(() => exporter.close());

const PROMPT = 'my secret prompt';
const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../fixtures/provider', `${name}.json`), 'utf8');
const chat = (fields: object = {}) =>
  JSON.stringify({
    id: 'chat-1',
    object: 'chat.completion',
    model: 'gpt-4o',
    choices: [{ message: { content: PROMPT }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    ...fields,
  });

describe('raw responses become events of the tenant that the request names', () => {
  test.each([
    ['openai', 'openai-chat'],
    ['openai', 'openai-responses'],
    ['openai', 'openai-embeddings'],
    ['anthropic', 'anthropic-message'],
    ['google', 'gemini-generate-content'],
    ['aws', 'bedrock-converse'],
  ])('%s: %s', async (provider, name) => {
    const headers = { 'X-LLM-Tenant-Id': name, 'X-LLM-Environment': 'lost to the query' };
    const path = `/v1/usage/${provider}?team=search&environment=prod&environment=test&model=the-deployment`;
    const { status, json } = await post(exporter, path, fixture(name), headers);
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { accepted: 1, duplicate: 0, rejected: [] },
    });
    const scraped = await scrape(exporter);
    const labels = [`tenant_id="${name}"`, 'team="search"', 'environment="test"', `provider="${provider}"`];
    expect(sumOf(scraped, 'llm_requests_total', ...labels)).toBe(1);
    expect(sumOf(scraped, 'llm_tokens_total', ...labels)).toBeGreaterThan(0);
  });
});

test('the same response counts once', async () => {
  const body = chat({ id: 'chat-twice', created: exporter.ports.nowMs / 1000 });
  const answers = [
    await post(exporter, '/v1/usage/openai', body),
    await post(exporter, '/v1/usage/openai', body),
  ];
  expect(answers.map(({ json }) => json)).toMatchObject([{ accepted: 1 }, { duplicate: 1 }]);
});

test('of responses without an id only equal ones count once', async () => {
  const body = (text: string) =>
    chat({ id: undefined, created: exporter.ports.nowMs / 1000, choices: [{ message: { content: text } }] });
  const counts = [];
  for (const text of ['one', 'two', 'one']) {
    const { json } = await post(exporter, '/v1/usage/openai', body(text));
    counts.push((json as { accepted: number }).accepted);
  }
  expect(counts).toEqual([1, 1, 0]);
});

describe('refused with a reason, and without a word of the prompt', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  test.each<[what: string, path: string, body: string, code: string, message: RegExp]>([
    [
      'an unknown provider',
      'nobody',
      chat(),
      'unknown_provider',
      /^provider: expected one of .*openai.*, got nobody$/,
    ],
    ['a provider named like a property', '__proto__', chat(), 'unknown_provider', /got __proto__$/],
    ['no usage', 'openai', chat({ usage: undefined }), 'usage_missing', /no usage/],
    [
      'an error response',
      'openai',
      JSON.stringify({ error: { type: 'rate_limit_error', message: PROMPT } }),
      'usage_missing',
      /rate_limit_error/,
    ],
    ['usage without figures', 'openai', chat({ usage: { prompt: PROMPT } }), 'usage_missing', /./],
    [
      'text as a count',
      'openai',
      chat({ usage: { prompt_tokens: 'x', completion_tokens: 1 } }),
      'inconsistent_usage',
      /prompt_tokens/,
    ],
    [
      'a negative count',
      'openai',
      chat({ usage: { prompt_tokens: -1, completion_tokens: 1 } }),
      'inconsistent_usage',
      /prompt_tokens.*-1/,
    ],
    [
      'cached above input',
      'openai',
      chat({
        usage: { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
      }),
      'inconsistent_usage',
      /./,
    ],
    ['an array', 'openai', `[${chat()}]`, 'invalid_event', /expected a JSON object, got an array/],
    ['text', 'openai', `"${PROMPT}"`, 'invalid_event', /expected a JSON object, got string/],
    [
      'an unknown attribute',
      'openai?tenant=acme',
      chat(),
      'invalid_event',
      /^unknown attribute tenant; expected some of id, /,
    ],
    [
      'an attribute called __proto__',
      'openai?__proto__=1',
      chat(),
      'invalid_event',
      /unknown attribute __proto__/,
    ],
    ['a latency in words', 'openai?latency_ms=fast', chat(), 'invalid_event', /^latency_ms: /],
    ['another status', 'openai?status=ok', chat(), 'invalid_event', /^status: /],
    ['a malformed time', 'openai?timestamp=yesterday', chat(), 'invalid_event', /^timestamp: /],
    ['a time long ago', 'openai?timestamp=1', chat(), 'timestamp_too_old', /1970/],
    [
      'deep nesting in usage',
      'openai',
      chat().replace('"prompt_tokens":', `"x":${nested(100_000)},"prompt_tokens":`),
      'invalid_event',
      /nested deeper than 100 levels/,
    ],
    [
      'deep nesting beside it',
      'openai',
      chat({ x: 0 }).replace('"x":0', `"x":${nested(100_000)}`),
      'invalid_event',
      /nested deeper than 100 levels/,
    ],
  ])('%s', async (_what, path, body, code, message) => {
    const { status, json, text } = await post(exporter, `/v1/usage/${path}`, body);
    expect({ status, json }).toEqual({
      status: 400,
      json: {
        accepted: 0,
        duplicate: 0,
        unpriced: 0,
        rejected: [{ index: 0, code, message: expect.stringMatching(message) }],
      },
    });
    expect(text + exporter.ports.lines.join('\n')).not.toContain(PROMPT);
  });

  test('what is no JSON', async () => {
    const answer = await post(exporter, '/v1/usage/openai', `{"content": ${PROMPT}`);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid_json' } } });
    expect(answer.text).not.toContain('secret');
  });
});

describe('a transcript of a stream', () => {
  const chunk = (fields: object = {}) => ({
    id: 'chatcmpl-0123456789abcdef',
    object: 'chat.completion.chunk',
    model: 'gpt-4o',
    choices: [{ index: 0, delta: { content: PROMPT }, finish_reason: null }],
    ...fields,
  });
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const data = (...events: readonly object[]) =>
    events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join('');
  const send = (body: string) =>
    post(exporter, '/v1/usage/openai?tenant_id=streams', body, {
      'Content-Type': 'text/event-stream; charset=utf-8',
    });

  test('is one call, whether it comes so or in one piece', async () => {
    const whole = `${data(chunk(), chunk({ choices: [], usage }))}data: [DONE]\r\n\r\n`;
    expect(await send(whole)).toMatchObject({ status: 200, json: { accepted: 1, rejected: [] } });
    expect(await send(whole)).toMatchObject({ status: 200, json: { accepted: 0, duplicate: 1 } });
    const plain = chat({ id: chunk().id, usage });
    expect(await post(exporter, '/v1/usage/openai?tenant_id=streams', plain)).toMatchObject({
      json: { duplicate: 1 },
    });
    const scraped = await scrape(exporter);
    expect(sumOf(scraped, 'llm_tokens_total', 'tenant_id="streams"')).toBe(110);
  });

  test('that broke off is counted as without usage, and is no fault of the sender', async () => {
    const uncounted = async () =>
      sumOf(
        await scrape(exporter),
        'llm_cost_exporter_ingest_uncounted_total',
        'source="provider_stream"',
        'reason="usage_missing"',
      );
    const before = await uncounted();
    const answer = await send(data(chunk(), chunk()));
    expect(answer).toMatchObject({
      status: 200,
      json: { accepted: 0, duplicate: 0, unpriced: 0, rejected: [], skipped: { usage_missing: 1 } },
    });
    expect(await uncounted()).toBe(before + 1);
    expect(answer.text + exporter.ports.lines.join('\n')).not.toContain(PROMPT);
  });

  test('of nothing is refused', async () => {
    expect(await send('')).toMatchObject({ status: 400, json: { rejected: [{ code: 'invalid_event' }] } });
  });
});

describe('a file of batch results', () => {
  const line = (id: string, fields: object = {}) => ({
    custom_id: id,
    response: { status_code: 200, body: JSON.parse(chat({ id: `chatcmpl-${id}-0123456789` })) as object },
    error: null,
    ...fields,
  });
  const file = (...lines: readonly object[]) => lines.map((each) => JSON.stringify(each)).join('\n');
  const send = (body: string, query = '') =>
    post(exporter, `/v1/usage/openai${query}`, body, { 'Content-Type': 'application/jsonl' });

  test('is a call a line, on the batch tier', async () => {
    const body = file(line('a'), line('b', { response: null, error: { message: PROMPT } }), line('c'));
    const answer = await send(body, '?tenant_id=batches');
    expect(answer).toMatchObject({
      status: 200,
      json: { accepted: 2, unpriced: 0, skipped: { failed_without_usage: 1 } },
    });
    expect(await send(body, '?tenant_id=batches')).toMatchObject({ json: { accepted: 0, duplicate: 2 } });
    // 2 x (100 x 2.5 + 10 x 10) a million, halved
    expect(sumOf(await scrape(exporter), 'llm_cost_total', 'tenant_id="batches"')).toBeCloseTo(0.000_35, 12);
  });

  test('is refused with what only one call can have', async () => {
    expect(await send(file(line('a')), '?id=mine&cost_usd=1')).toMatchObject({
      status: 400,
      json: { error: { code: 'unexpected_attributes', message: expect.stringMatching(/^id, cost_usd: /) } },
    });
  });
});

test('the wrong content type is refused, as on /v1/usage', async () => {
  const { status, json } = await post(exporter, '/v1/usage/openai', 'x', { 'Content-Type': 'text/plain' });
  expect({ status, json }).toMatchObject({
    status: 415,
    json: { error: { code: 'unsupported_media_type' } },
  });
});
