import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exporterForTest, type RunningExporter, scrape, sumOf } from './support/exporter.ts';
import { decodeExportResponse, decodeStatus } from './support/otlp-messages.ts';
import { type Encoding, metricSender, sendLogRecord, sendSpans } from './support/otlp-senders.ts';

interface Recorded {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const PATHS = { otlp_traces: '/v1/traces', otlp_metrics: '/v1/metrics', otlp_logs: '/v1/logs' } as const;

/** What real senders send, to be spoilt. */
async function record(encoding: Encoding): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const exporter = await exporterForTest({}, (app) => ({
    ...app,
    ingest: async (source, { body, contentType }) => {
      recorded.push({ path: PATHS[source as keyof typeof PATHS], contentType, body });
      return { accepted: 0, duplicate: 0, unpriced: 0, rejected: [] };
    },
  }));
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  };
  await sendSpans(exporter.url, encoding, {
    ...call,
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 3,
  });
  const sender = metricSender(exporter.url, encoding, 'CUMULATIVE');
  sender.count('gen_ai.client.inference.usage.input_tokens', 5, call);
  sender.record('gen_ai.client.token.usage', 5, { ...call, 'gen_ai.token.type': 'output' });
  await sender.flush();
  await sendLogRecord(exporter.url, encoding, 'claude_code.api_request', {
    model: 'claude-opus-4-6',
    input_tokens: 5,
  });
  return recorded;
}

const spoilt = (body: Buffer) =>
  fc.oneof(
    fc.constant(body),
    fc.nat(body.length).map((end) => body.subarray(0, end)),
    fc
      .array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const copy = Buffer.from(body);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      }),
    fc
      .tuple(fc.nat(body.length), fc.uint8Array({ maxLength: 20 }))
      .map(([at, bytes]) => Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)])),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.jsonValue({ maxDepth: 4 }).map((value) => Buffer.from(JSON.stringify(value))),
  );

async function send(
  { url }: RunningExporter,
  { path, contentType }: Recorded,
  body: Buffer,
  isGzip: boolean,
) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    body: new Uint8Array(isGzip ? gzipSync(body) : body),
    headers: { 'Content-Type': contentType, ...(isGzip && { 'Content-Encoding': 'gzip' }) },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

test.each<[Encoding]>([['http/protobuf'], ['http/json']])(
  'any bytes are answered as the protocol says, %s',
  async (encoding) => {
    const recorded = await record(encoding);
    expect(recorded.map(({ path }) => path)).toEqual(Object.values(PATHS));
    const exporter = await exporterForTest({
      limits: { body_bytes: 20_000 },
      otlp: { signal: 'metrics', services: { shop: 'spans', 'claude-code': 'logs' } },
    });
    exporter.ports.nowMs = Date.now();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...recorded)
          .chain((of) => fc.record({ of: fc.constant(of), body: spoilt(of.body), isGzip: fc.boolean() })),
        async ({ of, body, isGzip }) => {
          const { response, bytes } = await send(exporter, of, body, isGzip);
          expect([200, 400]).toContain(response.status);
          expect(response.headers.get('content-type')).toBe(of.contentType);
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
          const isJson = encoding === 'http/json';
          if (response.status === 200) {
            const answer = isJson ? JSON.parse(bytes.toString()) : decodeExportResponse(bytes);
            expect(Object.keys(answer).filter((key) => key !== 'partialSuccess')).toEqual([]);
          } else {
            const { code, message } = isJson ? JSON.parse(bytes.toString()) : decodeStatus(bytes);
            expect(code).toBe(3);
            expect(message).toMatch(/^the body is not|^attributes: nested deeper/);
          }
        },
      ),
      { numRuns: 300 },
    );
    // The property would hold of a server that refuses or ignores everything.
    expect([...statuses.keys()].sort()).toEqual([200, 400]);
    expect(
      sumOf(await scrape(exporter), 'llm_cost_exporter_ingest_events_total', 'result="accepted"'),
    ).toBeGreaterThan(0);
    expect(exporter.ports.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  },
);

test.each(Object.values(PATHS))('%s: an empty request is a success', async (path) => {
  const exporter = await exporterForTest();
  const inProtobuf = await send(
    exporter,
    { path, contentType: 'application/x-protobuf', body: Buffer.alloc(0) },
    Buffer.alloc(0),
    false,
  );
  expect([inProtobuf.response.status, inProtobuf.bytes.length]).toEqual([200, 0]);
  const inJson = await send(
    exporter,
    { path, contentType: 'application/json', body: Buffer.alloc(0) },
    Buffer.from('{}'),
    false,
  );
  expect([inJson.response.status, inJson.bytes.toString()]).toEqual([200, '{}']);
});

test.each([PATHS.otlp_metrics, PATHS.otlp_logs])(
  '%s: a body full of empty messages is refused',
  async (path) => {
    const exporter = await exporterForTest();
    const recorded = { path, contentType: 'application/x-protobuf', body: Buffer.alloc(0) };
    const { response, bytes } = await send(
      exporter,
      recorded,
      Buffer.alloc(1_000_002, Buffer.from([0x0a, 0])),
      true,
    );
    expect([response.status, decodeStatus(bytes)]).toEqual([
      413,
      { code: 8, message: 'more than 500000 messages in one request; send fewer at once' },
    ]);
  },
);
