import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import { postEvents, type RunningExporter, scrape, startExporter, sumOf } from './support/exporter.ts';

const DAY_MS = 86_400_000;
let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter();
});
afterAll(() => exporter.close());

let made = 0;
const event = (fields: object = {}) => ({
  id: `event-${made++}`,
  provider: 'openai',
  model: 'gpt-4o',
  usage: { input_tokens: 100, output_tokens: 10 },
  ...fields,
});
const without = (name: string) => Object.fromEntries(Object.entries(event()).filter(([key]) => key !== name));

describe('one bad event is refused with a reason, and the good one beside it is kept', () => {
  const unknownField = /^unknown field "prompt"; your own go under "tags"$/;
  test.each<[what: string, bad: unknown, code: string, message: RegExp]>([
    ['a number', 5, 'invalid_event', /expected object, received number, got 5/],
    ['null', null, 'invalid_event', /expected object, received null/],
    ['an array', [event()], 'invalid_event', /expected object, received array/],
    ['no provider', without('provider'), 'invalid_event', /^provider: .*expected string, received undefined/],
    ['no model', without('model'), 'invalid_event', /^model: .*expected string, received undefined/],
    ['no usage', without('usage'), 'invalid_event', /^usage: .*expected object, received undefined/],
    ['an empty provider', event({ provider: '' }), 'invalid_event', /^provider: .*>=1 characters/],
    [
      'a model of 257 characters',
      event({ model: 'm'.repeat(257) }),
      'invalid_event',
      /^model: .*<=256 characters/,
    ],
    ['a NUL in a label', event({ tenant_id: 'a\0b' }), 'invalid_event', /NUL/],
    ['half a surrogate pair in a label', event({ model: 'a\ud800' }), 'invalid_event', /lone surrogate/],
    [
      'a number as tenant',
      event({ tenant_id: 7 }),
      'invalid_event',
      /^tenant_id: .*expected string.*, got 7$/,
    ],
    ['usage as a list', event({ usage: [] }), 'invalid_event', /^usage: .*received array/],
    [
      'tokens as text',
      event({ usage: { input_tokens: '5' } }),
      'invalid_event',
      /^usage\.input_tokens: .*received string/,
    ],
    [
      'negative tokens',
      event({ usage: { input_tokens: -5 } }),
      'invalid_event',
      /^usage\.input_tokens: .*>=0, got -5$/,
    ],
    [
      'half a token',
      event({ usage: { output_tokens: 0.5 } }),
      'invalid_event',
      /^usage\.output_tokens: .*expected int.*, got 0\.5$/,
    ],
    [
      'too many tokens',
      event({ usage: { input_tokens: 1e12 } }),
      'invalid_event',
      /^usage\.input_tokens: .*<=1000000000, got 1000000000000$/,
    ],
    [
      'tokens beyond the exact integers',
      event({ usage: { input_tokens: 2 ** 60 } }),
      'invalid_event',
      /^usage\.input_tokens: /,
    ],
    ['no request', event({ usage: { requests: 0 } }), 'invalid_event', /^usage\.requests: .*>=1, got 0$/],
    [
      'another meter',
      event({ usage: { total_tokens: 5 } }),
      'invalid_event',
      /^usage: unknown field "total_tokens"$/,
    ],
    ['an unknown field', event({ prompt: 'a secret' }), 'invalid_event', unknownField],
    [
      'a field called __proto__',
      JSON.parse('{"provider":"a","model":"b","usage":{},"__proto__":{}}'),
      'invalid_event',
      /unknown field "__proto__"/,
    ],
    [
      'another status',
      event({ status: 'ok' }),
      'invalid_event',
      /^status: .*"success"\|"error"\|"timeout"\|"cancelled"\|"truncated"/,
    ],
    ['a negative latency', event({ latency_ms: -1 }), 'invalid_event', /^latency_ms: .*, got -1$/],
    ['a negative cost', event({ cost_usd: -0.01 }), 'invalid_event', /^cost_usd: .*, got -0\.01$/],
    [
      'tags with a number',
      event({ tags: { a: 1 } }),
      'invalid_event',
      /^tags: expected an object of at most 32 texts/,
    ],
    [
      'a tag called __proto__ with a number',
      JSON.parse('{"provider":"a","model":"b","usage":{},"tags":{"__proto__":5}}'),
      'invalid_event',
      /^tags: expected/,
    ],
    [
      '33 tags',
      event({ tags: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`t${i}`, 'x'])) }),
      'invalid_event',
      /^tags: expected/,
    ],
    ['two mistakes', event({ tenant_id: 7, team: 8 }), 'invalid_event', /tenant_id: .*; team: /],
    [
      'a date without time',
      event({ timestamp: '2026-11-21' }),
      'invalid_event',
      /^timestamp: expected RFC 3339/,
    ],
    [
      'a time without offset',
      event({ timestamp: '2026-11-21T10:00:00' }),
      'invalid_event',
      /^timestamp: expected RFC 3339/,
    ],
    [
      'February 30',
      event({ timestamp: '2026-02-30T10:00:00Z' }),
      'invalid_event',
      /^timestamp: expected RFC 3339/,
    ],
    ['a negative time', event({ timestamp: -1 }), 'invalid_event', /^timestamp: expected RFC 3339/],
    ['words as time', event({ timestamp: 'yesterday' }), 'invalid_event', /^timestamp: expected RFC 3339/],
    [
      'tomorrow',
      event({ timestamp: NOW_MS + DAY_MS }),
      'timestamp_in_future',
      /2026-11-22T10:00:00\.000Z is 86400 s ahead of the exporter's clock, at most 600 s is accepted/,
    ],
    [
      'the last time there is',
      event({ timestamp: 8_640_000_000_000_000 }),
      'timestamp_in_future',
      /^timestamp: \+275760-09-13/,
    ],
    [
      '1970',
      event({ timestamp: 0 }),
      'timestamp_too_old',
      /1970-01-01T00:00:00\.000Z is older than the ledger's retention, which begins at 2025-10-17/,
    ],
    [
      'cached above input',
      event({ usage: { input_tokens: 10, cache_read_tokens: 11 } }),
      'inconsistent_usage',
      /cached and audio input tokens are 11, more than the input_tokens of 10/,
    ],
    [
      'cached without input',
      event({ usage: { cache_read_tokens: 1 } }),
      'inconsistent_usage',
      /are 1, more than the input_tokens of 0/,
    ],
    [
      'cache writes and audio above input',
      event({
        usage: {
          input_tokens: 10,
          cache_write_5m_tokens: 4,
          cache_write_1h_tokens: 4,
          input_audio_tokens: 4,
        },
      }),
      'inconsistent_usage',
      /are 12, more than/,
    ],
    [
      'reasoning above output',
      event({ usage: { output_tokens: 10, reasoning_tokens: 11 } }),
      'inconsistent_usage',
      /reasoning and audio output tokens are 11, more than the output_tokens of 10/,
    ],
  ])('%s', async (_what, bad, code, message) => {
    const { status, json } = await postEvents(exporter, [event(), bad, event()]);
    expect(status).toBe(200);
    expect(json).toEqual({
      accepted: 2,
      duplicate: 0,
      unpriced: 0,
      rejected: [{ index: 1, code, message: expect.stringMatching(message) }],
    });
    expect(JSON.stringify(json)).not.toContain('a secret');
  });
});

test('nothing but bad events is answered 400, in the same form', async () => {
  const { status, json } = await postEvents(exporter, [event({ status: 'ok' }), {}]);
  expect(status).toBe(400);
  expect(json).toMatchObject({ accepted: 0, duplicate: 0, rejected: [{ index: 0 }, { index: 1 }] });
});

test('bad events beside known ones are answered 200: there is nothing to resend', async () => {
  const known = event({ timestamp: NOW_MS });
  await postEvents(exporter, known);
  const { status, json } = await postEvents(exporter, [known, {}]);
  expect(status).toBe(200);
  expect(json).toMatchObject({ accepted: 0, duplicate: 1, rejected: [{ index: 1 }] });
});

describe('accepted', () => {
  test.each<[what: string, fields: object]>([
    ['nothing but what is required', { usage: {} }],
    [
      'every field',
      {
        timestamp: '2026-11-21T10:00:00.123456789+01:00',
        tenant_id: 't',
        team: 't',
        user_id: 'u',
        project_id: 'p',
        feature: 'f',
        environment: 'e',
        execution_id: 'x',
        operation: 'chat',
        status: 'truncated',
        service_tier: 'batch',
        latency_ms: 12.5,
        prompt_hash: 'h',
        cost_usd: 0.25,
        tags: { a: 'b', __proto: 'c' },
        usage: {
          input_tokens: 10,
          output_tokens: 10,
          cache_read_tokens: 2,
          cache_write_5m_tokens: 2,
          cache_write_1h_tokens: 2,
          reasoning_tokens: 2,
          input_audio_tokens: 2,
          output_audio_tokens: 2,
          requests: 3,
        },
      },
    ],
    [
      'null for every field that may be absent',
      {
        timestamp: null,
        tenant_id: null,
        team: null,
        user_id: null,
        project_id: null,
        feature: null,
        environment: null,
        execution_id: null,
        operation: null,
        status: null,
        service_tier: null,
        latency_ms: null,
        prompt_hash: null,
        cost_usd: null,
        tags: null,
        usage: { input_tokens: 1, output_tokens: null, cache_read_tokens: null, requests: null },
      },
    ],
    ['all of the input from the cache', { usage: { input_tokens: 10, cache_read_tokens: 10 } }],
    ['Unix seconds', { timestamp: NOW_MS / 1000 }],
    ['Unix milliseconds', { timestamp: NOW_MS }],
    ['lower case and a blank in a time', { timestamp: '2026-11-21 09:00:00z' }],
    ['the last of February', { timestamp: '2026-02-28T10:00:00Z' }],
    ['ten minutes ahead', { timestamp: NOW_MS + 600_000 }],
    ['as old as the retention', { timestamp: NOW_MS - 400 * DAY_MS }],
    ['a tag called __proto__', JSON.parse('{"tags":{"__proto__":"x"}}')],
  ])('%s', async (_what, fields) => {
    const { status, json } = await postEvents(exporter, event(fields));
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { accepted: 1, duplicate: 0, rejected: [] },
    });
  });
});

test('an unknown provider or model is stored without a price and counted apart', async () => {
  const { status, json } = await postEvents(exporter, [
    event({ provider: 'nobody', usage: { input_tokens: 70, output_tokens: 7 } }),
    event({ model: 'gpt-unheard-of', usage: { input_tokens: 50 } }),
    event(),
  ]);
  expect({ status, json }).toEqual({
    status: 200,
    json: { accepted: 3, duplicate: 0, unpriced: 2, rejected: [] },
  });
  const scraped = await scrape(exporter);
  expect(sumOf(scraped, 'llm_unpriced_tokens_total', 'provider="nobody"', 'reason="unknown_provider"')).toBe(
    77,
  );
  expect(
    sumOf(scraped, 'llm_unpriced_tokens_total', 'model="gpt-unheard-of"', 'reason="unknown_model"'),
  ).toBe(50);
  expect(sumOf(scraped, 'llm_tokens_total', 'provider="nobody"')).toBe(77);
  expect(sumOf(scraped, 'llm_cost_total', 'provider="nobody"')).toBe(0);
});

describe('without an id', () => {
  const anonymous = (fields: object) => ({ ...without('id'), ...fields });
  const counts = async (body: unknown) => {
    const { accepted, duplicate } = (await postEvents(exporter, body)).json as Record<string, number>;
    return [accepted, duplicate];
  };

  test.each<[what: string, body: unknown, again: unknown]>([
    ['the same event', anonymous({ timestamp: NOW_MS - 1 }), anonymous({ timestamp: NOW_MS - 1 })],
    [
      'its keys in another order',
      anonymous({ timestamp: NOW_MS - 2, team: 'x' }),
      Object.fromEntries(Object.entries(anonymous({ timestamp: NOW_MS - 2, team: 'x' })).reverse()),
    ],
    [
      'null for what was absent',
      anonymous({ timestamp: NOW_MS - 3 }),
      anonymous({ timestamp: NOW_MS - 3, id: null, team: null }),
    ],
    ['an empty id', anonymous({ timestamp: NOW_MS - 4 }), anonymous({ timestamp: NOW_MS - 4, id: '' })],
  ])('%s, resent, is known', async (_what, body, again) => {
    expect(await counts(body)).toEqual([1, 0]);
    expect(await counts(again)).toEqual([0, 1]);
  });

  test('two equal events of one request both count, and both are known when it is resent', async () => {
    const twice = [anonymous({ timestamp: NOW_MS - 5 }), anonymous({ timestamp: NOW_MS - 5 })];
    expect(await counts(twice)).toEqual([2, 0]);
    expect(await counts(twice)).toEqual([0, 2]);
  });

  test('and without a timestamp nothing tells a resent event from a second call: each counts', async () => {
    expect(await counts(anonymous({}))).toEqual([1, 0]);
    expect(await counts(anonymous({}))).toEqual([1, 0]);
  });
});

test('the same id counts once in a tenant, and once in another', async () => {
  const answers = [];
  for (const tenant_id of ['a', 'a', 'b']) {
    answers.push((await postEvents(exporter, event({ id: 'same', timestamp: NOW_MS, tenant_id }))).json);
  }
  expect(answers).toMatchObject([{ accepted: 1 }, { duplicate: 1 }, { accepted: 1 }]);
});

test('only the first thousand bad events are explained; each is named', async () => {
  const { json } = await postEvents(
    exporter,
    Array.from({ length: 1001 }, () => ({})),
  );
  const { rejected } = json as { rejected: { index: number; code: string; message: string }[] };
  expect(rejected).toHaveLength(1001);
  expect(rejected[999]).toMatchObject({ index: 999, message: expect.stringMatching(/^provider: /) });
  expect(rejected[1000]).toEqual({
    index: 1000,
    code: 'invalid_event',
    message: 'not a usage event; only the first 1000 of a request are explained',
  });
});
