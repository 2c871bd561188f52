import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Body, post, type RunningExporter, startExporter } from './support/exporter.ts';

const LIMIT = 2_500_000;
let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter({ limits: { events_per_request: 100, body_bytes: LIMIT } });
});
afterAll(() => exporter.close());

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const GZIP = { 'Content-Encoding': 'gzip' };
let made = 0;
const event = () =>
  JSON.stringify({ id: `body-${made++}`, provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 1 } });
const gzip = (text: string) => new Uint8Array(gzipSync(text));

interface Case {
  readonly what: string;
  readonly body: () => Body;
  readonly headers?: Record<string, string>;
}

describe('read', () => {
  const bom = '\uFEFF';
  const cases: readonly (Case & { readonly accepted: number; readonly rejected?: readonly number[] })[] = [
    { what: 'one event', body: event, accepted: 1 },
    { what: 'one event between blanks', body: () => `\n ${event()}\r\n`, accepted: 1 },
    { what: 'one event after a byte order mark', body: () => bom + event(), accepted: 1 },
    { what: 'an array', body: () => `[${event()},${event()}]`, accepted: 2 },
    { what: 'events', body: () => `{"events":[${event()},${event()}]}`, accepted: 2 },
    { what: 'no events', body: () => '{"events": []}', accepted: 0 },
    { what: 'an empty array', body: () => '[]', accepted: 0 },
    { what: 'NDJSON', headers: NDJSON, body: () => `${event()}\n${event()}\n`, accepted: 2 },
    {
      what: 'NDJSON without a last newline',
      headers: NDJSON,
      body: () => `${event()}\n${event()}`,
      accepted: 2,
    },
    {
      what: 'NDJSON with CRLF and blank lines',
      headers: NDJSON,
      body: () => `\r\n${event()}\r\n\r\n \t\n${event()}\r\n`,
      accepted: 2,
    },
    { what: 'NDJSON of one line', headers: NDJSON, body: event, accepted: 1 },
    { what: 'an empty body of NDJSON', headers: NDJSON, body: () => '', accepted: 0 },
    {
      what: 'NDJSON with a broken line',
      headers: NDJSON,
      body: () => `${event()}\n{"id": 1\n${event()}`,
      accepted: 2,
      rejected: [1],
    },
    { what: 'NDJSON sent as JSON', body: () => `${event()}\n${event()}`, accepted: 2 },
    {
      what: 'NDJSON sent as JSON, with a broken line',
      body: () => `\n${event()}\nx\n${event()}`,
      accepted: 2,
      rejected: [1],
    },
    {
      what: 'application/jsonl',
      headers: { 'Content-Type': 'application/jsonl; charset=utf-8' },
      body: () => `${event()}\n${event()}`,
      accepted: 2,
    },
    {
      what: 'application/vnd.api+json',
      headers: { 'Content-Type': 'application/vnd.api+json' },
      body: event,
      accepted: 1,
    },
    {
      what: 'JSON with a charset',
      headers: { 'Content-Type': 'application/json;charset=UTF-8' },
      body: event,
      accepted: 1,
    },
    { what: 'gzip', headers: GZIP, body: () => gzip(event()), accepted: 1 },
    { what: 'x-gzip', headers: { 'Content-Encoding': 'X-GZIP' }, body: () => gzip(event()), accepted: 1 },
    {
      what: 'gzip in two members',
      headers: { ...GZIP, ...NDJSON },
      body: () => new Uint8Array([...gzip(`${event()}\n`), ...gzip(event())]),
      accepted: 2,
    },
    { what: 'identity', headers: { 'Content-Encoding': 'identity' }, body: event, accepted: 1 },
    {
      what: 'as many events as are allowed',
      body: () => `[${Array.from({ length: 100 }, event)}]`,
      accepted: 100,
    },
  ];
  test.each(cases)('$what', async ({ body, headers, accepted, rejected = [] }) => {
    const { status, json } = await post(exporter, '/v1/usage', body(), headers);
    expect({ status, json }).toMatchObject({ status: 200, json: { accepted, duplicate: 0 } });
    expect((json as { rejected: { index: number; code: string }[] }).rejected).toMatchObject(
      rejected.map((index) => ({
        index,
        code: 'invalid_json',
        message: expect.stringContaining('the line is not JSON'),
      })),
    );
  });
});

describe('refused as a whole', () => {
  const zeros = (bytes: number) => new Uint8Array(gzipSync(Buffer.alloc(bytes)));
  const cases: readonly (Case & {
    readonly status: number;
    readonly code: string;
    readonly message: RegExp;
  })[] = [
    {
      what: 'an empty body',
      body: () => '',
      status: 400,
      code: 'invalid_json',
      message: /it ends too early$/,
    },
    {
      what: 'text',
      body: () => 'my secret prompt',
      status: 400,
      code: 'invalid_json',
      message: /unexpected character$/,
    },
    {
      what: 'JSON that breaks off',
      body: () => '{"id": "secret',
      status: 400,
      code: 'invalid_json',
      message: /not JSON: /,
    },
    {
      what: 'a comma too much',
      body: () => '{"secret":1,}',
      status: 400,
      code: 'invalid_json',
      message: /malformed at line 1, column 13$/,
    },
    {
      what: 'JSON that is broken on its second line',
      body: () => '{"provider": "secret",\n "model" 5}',
      status: 400,
      code: 'invalid_json',
      message: /malformed at line 2, column 10$/,
    },
    {
      what: 'a million brackets that do not close',
      body: () => '['.repeat(1_000_000),
      status: 400,
      code: 'invalid_json',
      message: /not JSON/,
    },
    {
      what: 'bytes that are not UTF-8',
      body: () => new Uint8Array([0x22, 0xe9, 0x22]),
      status: 400,
      code: 'invalid_json',
      message: /not UTF-8/,
    },
    {
      what: 'gzip that is none',
      headers: GZIP,
      body: event,
      status: 400,
      code: 'invalid_gzip',
      message: /incorrect header check/,
    },
    {
      what: 'gzip that breaks off',
      headers: GZIP,
      body: () => gzip(event()).slice(0, 40),
      status: 400,
      code: 'invalid_gzip',
      message: /unexpected end of file/,
    },
    {
      what: 'gzip with a wrong checksum',
      headers: GZIP,
      body: () => gzip(event()).map((byte, at, all) => (at === all.length - 6 ? byte ^ 1 : byte)),
      status: 400,
      code: 'invalid_gzip',
      message: /incorrect data check/,
    },
    {
      what: 'nothing instead of gzip',
      headers: GZIP,
      body: () => '',
      status: 400,
      code: 'invalid_gzip',
      message: /unexpected end of file/,
    },
    {
      what: 'gzip of what is no JSON',
      headers: GZIP,
      body: () => gzip('secret'),
      status: 400,
      code: 'invalid_json',
      message: /unexpected character/,
    },
    {
      what: 'another encoding',
      headers: { 'Content-Encoding': 'br' },
      body: event,
      status: 415,
      code: 'unsupported_encoding',
      message: /is br, expected gzip or none/,
    },
    {
      what: 'a body over the limit',
      body: () => ' '.repeat(LIMIT + 1),
      status: 413,
      code: 'body_too_large',
      message: /larger than 2500000 bytes \(after decompression\)/,
    },
    {
      what: 'gzip that unpacks to one byte over the limit',
      headers: GZIP,
      body: () => zeros(LIMIT + 1),
      status: 413,
      code: 'body_too_large',
      message: /larger than 2500000 bytes/,
    },
    {
      what: 'a gzip bomb of 50 MB',
      headers: GZIP,
      body: () => zeros(50_000_000),
      status: 413,
      code: 'body_too_large',
      message: /larger than/,
    },
    {
      what: 'an event too many',
      body: () => `[${Array.from({ length: 101 }, event)}]`,
      status: 413,
      code: 'too_many_events',
      message: /more than 100 events/,
    },
    {
      what: 'a line too many',
      headers: NDJSON,
      body: () => 'x\n'.repeat(101),
      status: 413,
      code: 'too_many_events',
      message: /more than 100 events/,
    },
    {
      what: "curl's own content type",
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: event,
      status: 415,
      code: 'unsupported_media_type',
      message: /application\/x-www-form-urlencoded, expected application\/json or application\/x-ndjson/,
    },
    {
      what: 'text/plain',
      headers: { 'Content-Type': 'text/plain' },
      body: event,
      status: 415,
      code: 'unsupported_media_type',
      message: /text\/plain, expected/,
    },
    {
      what: 'a type that only begins like JSON',
      headers: { 'Content-Type': 'application/jsonp' },
      body: event,
      status: 415,
      code: 'unsupported_media_type',
      message: /expected/,
    },
    {
      what: 'attributes that belong into the event',
      headers: { 'X-LLM-Tenant-Id': 'acme' },
      body: event,
      status: 400,
      code: 'unexpected_attributes',
      message: /^tenant_id: /,
    },
  ];
  test.each(cases)('$what', async ({ body, headers, status, code, message }) => {
    const answer = await post(exporter, '/v1/usage', body(), headers);
    expect(answer).toMatchObject({
      status,
      json: { error: { code, message: expect.stringMatching(message) } },
    });
    expect(answer.text).not.toContain('secret');
    expect(exporter.ports.lines.join('\n')).not.toContain('secret');
    const next = await post(exporter, '/v1/usage', event());
    expect(next).toMatchObject({ status: 200, json: { accepted: 1 } });
  });
});

test('a body without a content type is taken for JSON', async () => {
  const response = await fetch(`${exporter.url}/v1/usage`, {
    method: 'POST',
    body: new TextEncoder().encode(event()),
  });
  expect(await response.json()).toMatchObject({ accepted: 1 });
});

const DEPTH = 1_000_000;
test.each<[what: string, body: string]>([
  ['arrays', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
  ['arrays in an array', `[${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}]`],
  ['objects', `${'{"a":'.repeat(DEPTH / 4)}1${'}'.repeat(DEPTH / 4)}`],
  ['usage', `{"provider":"a","model":"b","usage":${'{"a":'.repeat(DEPTH / 4)}1${'}'.repeat(DEPTH / 4)}}`],
  ['tags', `{"provider":"a","model":"b","usage":{},"tags":{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}}`],
])('deep nesting of %s is one bad event', async (_what, body) => {
  const { status, json } = await post(exporter, '/v1/usage', body);
  expect({ status, json }).toMatchObject({ status: 400, json: { rejected: [{ code: 'invalid_event' }] } });
});
