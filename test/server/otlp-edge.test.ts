import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { App, IngestAnswer, SourceRequest } from '../../exporter/app/index.ts';
import { CodedError } from '../../exporter/domain/errors.ts';
import { type Body, exporterForTest, request } from './support/exporter.ts';
import { decodeExportResponse, decodeStatus } from './support/otlp-messages.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const NOTHING: IngestAnswer = { accepted: 0, duplicate: 0, unpriced: 0, rejected: [] };
const rejected = (count: number, message = 'usage: output_tokens is -1'): IngestAnswer => ({
  ...NOTHING,
  rejected: Array.from({ length: count }, (_, index) => ({ index, code: 'invalid_event', message })),
});

/** An exporter whose sources always answer so, and what it hands them. */
async function answering(answer: IngestAnswer | CodedError | Error, settings = {}) {
  const seen: (SourceRequest & { readonly source: string })[] = [];
  const exporter = await exporterForTest(settings, (app: App) => ({
    ...app,
    ingest: (source, given) => {
      seen.push({ ...given, source });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  }));
  async function send(
    path: string,
    contentType: string | undefined,
    body: Body = 'x',
    init: RequestInit = {},
  ) {
    const response = await fetch(`${exporter.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? Buffer.from(body) : body,
      ...init,
      headers: { ...(contentType !== undefined && { 'Content-Type': contentType }), ...init.headers },
    });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  }
  return { exporter, seen, send };
}

test.each([
  ['/v1/traces', 'otlp_traces'],
  ['/v1/metrics', 'otlp_metrics'],
  ['/v1/logs', 'otlp_logs'],
])('POST %s: an empty message of the same type when nothing was rejected', async (path, source) => {
  const { seen, send } = await answering({ ...NOTHING, accepted: 3, skipped: { usage_missing: 2 } });
  const inProtobuf = await send(path, PROTOBUF);
  expect([inProtobuf.response.status, inProtobuf.bytes.length]).toEqual([200, 0]);
  expect(inProtobuf.response.headers.get('content-type')).toBe(PROTOBUF);
  const inJson = await send(path, 'Application/JSON; charset=utf-8');
  expect([inJson.response.status, inJson.bytes.toString()]).toEqual([200, '{}']);
  expect(inJson.response.headers.get('content-type')).toBe(JSON_TYPE);
  expect(seen.map((given) => [given.source, given.contentType])).toEqual([
    [source, PROTOBUF],
    [source, JSON_TYPE],
  ]);
});

test('a gzipped body is unpacked; X-LLM headers go along, the query does not', async () => {
  const { seen, send } = await answering(NOTHING);
  const headers = { 'Content-Encoding': 'gzip', 'X-LLM-Tenant-Id': 'acme' };
  const { response } = await send('/v1/traces?team=search', PROTOBUF, gzipSync('spans'), { headers });
  expect(response.status).toBe(200);
  expect(seen[0]!.body.toString()).toBe('spans');
  expect(seen[0]!.attributes).toEqual({ tenant_id: 'acme' });
});

test.each([
  ['/v1/traces', 'rejectedSpans', 'spans'],
  ['/v1/metrics', 'rejectedDataPoints', 'data points'],
  ['/v1/logs', 'rejectedLogRecords', 'log records'],
])('POST %s: what was rejected is a partial success, also if it is everything', async (path, field, name) => {
  const { send } = await answering(rejected(300));
  const shown = 'invalid_event: usage: output_tokens is -1';
  const errorMessage = `300 ${name} rejected, which resending cannot mend: ${shown}; ${shown}; ${shown}; and 297 more`;
  const inJson = await send(path, JSON_TYPE);
  expect(inJson.response.status).toBe(200);
  expect(JSON.parse(inJson.bytes.toString())).toEqual({ partialSuccess: { [field]: '300', errorMessage } });
  const inProtobuf = await send(path, PROTOBUF);
  expect(inProtobuf.response.status).toBe(200);
  expect(decodeExportResponse(inProtobuf.bytes)).toEqual({ partialSuccess: { rejected: 300, errorMessage } });
});

test('the message of a partial success stays below 1 kB, whatever it quotes', async () => {
  const { send } = await answering(rejected(7, '€'.repeat(5000)));
  const { errorMessage } = decodeExportResponse((await send('/v1/logs', PROTOBUF)).bytes).partialSuccess!;
  expect(Buffer.byteLength(errorMessage)).toBeLessThanOrEqual(1024);
  expect(errorMessage).not.toContain('\uFFFD');
  expect(errorMessage).toMatch(/^7 log records rejected.*invalid_event: €+….*; and 4 more$/);
});

test.each([
  ['ledger_busy', 503, '1', 14],
  ['ledger_unavailable', 503, '5', 14],
  ['too_many_bodies', 503, '1', 14],
  ['invalid_protobuf', 400, null, 3],
  ['too_many_events', 413, null, 8],
])('%s is a Status with %i, Retry-After %s, code %i', async (code, status, retryAfter, rpcCode) => {
  const { send } = await answering(new CodedError(code, 'no, thanks'));
  const inProtobuf = await send('/v1/traces', PROTOBUF);
  expect([inProtobuf.response.status, inProtobuf.response.headers.get('retry-after')]).toEqual([
    status,
    retryAfter,
  ]);
  expect(inProtobuf.response.headers.get('content-type')).toBe(PROTOBUF);
  expect(decodeStatus(inProtobuf.bytes)).toEqual({ code: rpcCode, message: 'no, thanks' });
  const inJson = await send('/v1/traces', JSON_TYPE);
  expect([inJson.response.status, inJson.response.headers.get('content-type')]).toEqual([status, JSON_TYPE]);
  expect(JSON.parse(inJson.bytes.toString())).toEqual({ code: rpcCode, message: 'no, thanks' });
});

test('a mistake of ours is a 500 that says nothing of it, and is in the log', async () => {
  const { exporter, send } = await answering(new TypeError('prompt: hello'));
  const { response, bytes } = await send('/v1/logs', PROTOBUF);
  expect(response.status).toBe(500);
  expect(decodeStatus(bytes)).toEqual({ code: 13, message: 'internal error; the log has the details' });
  expect(exporter.ports.lines).toContainEqual(expect.stringMatching(/^error request failed .*TypeError/));
});

test.each([
  ['text/plain', 'text/plain'],
  ['application/protobuf', 'application/protobuf'],
  [undefined, 'missing'],
])('Content-Type %s: 415, before anything is read', async (contentType, named) => {
  const { seen, send } = await answering(NOTHING);
  const { response, bytes } = await send('/v1/metrics', contentType);
  expect([response.status, response.headers.get('content-type')]).toEqual([415, JSON_TYPE]);
  expect(JSON.parse(bytes.toString())).toEqual({
    code: 3,
    message: `Content-Type is ${named}, expected application/x-protobuf or application/json`,
  });
  expect(seen).toEqual([]);
});

test('other methods: 405 with Allow; OPTIONS says what there is', async () => {
  const { exporter } = await answering(NOTHING);
  const get = await request(`${exporter.url}/v1/traces`);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  expect(get.json).toEqual({ code: 12, message: 'GET /v1/traces: expected POST' });
  const options = await request(`${exporter.url}/v1/logs`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
});

test('the size limit holds after decompression; the answer is a Status even to a body that is not read', async () => {
  const { send } = await answering(NOTHING, { limits: { body_bytes: 1000 } });
  const gzip = { headers: { 'Content-Encoding': 'gzip' } };
  for (const sent of [
    send('/v1/traces', PROTOBUF, gzipSync(Buffer.alloc(5000)), gzip),
    send('/v1/traces', PROTOBUF, Buffer.alloc(3_000_000)),
  ]) {
    const { response, bytes } = await sent;
    expect([response.status, response.headers.get('content-type')]).toEqual([413, PROTOBUF]);
    expect(decodeStatus(bytes)).toEqual({
      code: 8,
      message: expect.stringContaining('larger than 1000 bytes'),
    });
  }
  const broken = await send('/v1/traces', PROTOBUF, 'not gzip', gzip);
  expect([broken.response.status, decodeStatus(broken.bytes).code]).toEqual([400, 3]);
  const deflate = await send('/v1/traces', PROTOBUF, 'x', { headers: { 'Content-Encoding': 'deflate' } });
  expect(deflate.response.status).toBe(415);
});
