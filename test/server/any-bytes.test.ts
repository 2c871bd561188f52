import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HTTP_ERRORS } from '../../exporter/server/errors.ts';
import { NOW_MS } from '../support/charges.ts';
import { post, postEvents, type RunningExporter, scrape, startExporter, sumOf } from './support/exporter.ts';

let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter({ limits: { body_bytes: 20_000, events_per_request: 20 } });
});
afterAll(() => exporter.close());

const field = fc.constantFrom(
  'id',
  'timestamp',
  'provider',
  'model',
  'usage',
  'tags',
  'status',
  'tenant_id',
  'events',
  'input_tokens',
  'prompt_tokens',
  '__proto__',
  'constructor',
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue(),
    fc.constantFrom('openai', 'gpt-4o', NOW_MS, -1, 1e300, '2026-11-21T10:00:00Z', '2026-02-30T10:00:00Z'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(field, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const json = value.map((content) => JSON.stringify(content));
const text = fc.oneof(
  json,
  fc.array(json, { maxLength: 5 }).map((lines) => lines.join('\n')),
  fc.tuple(json, fc.nat(200)).map(([whole, cut]) => whole.slice(0, cut)),
  fc.string({ unit: 'binary' }),
);
const bytes = fc.oneof(
  text.map((content) => Buffer.from(content)),
  fc.uint8Array({ maxLength: 200 }).map((content) => Buffer.from(content)),
);
const body = fc.oneof(
  bytes.map((content) => ({ content, encoding: 'identity' })),
  bytes.map((content) => ({ content: gzipSync(content), encoding: 'gzip' })),
  fc
    .tuple(bytes, fc.nat(60))
    .map(([content, cut]) => ({ content: gzipSync(content).subarray(0, cut), encoding: 'gzip' })),
  bytes.map((content) => ({ content, encoding: 'gzip' })),
);
const path = fc.constantFrom(
  '/v1/usage',
  '/v1/usage',
  '/v1/usage/openai',
  '/v1/usage/anthropic',
  '/v1/usage/google',
);
const type = fc.constantFrom('application/json', 'application/x-ndjson');

test('no bytes make it fail: every answer is 200, or 4xx with a known code', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(path, type, body, async (to, contentType, { content, encoding }) => {
      const answer = await post(exporter, to, new Uint8Array(content), {
        'Content-Type': contentType,
        'Content-Encoding': encoding,
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 200) return;
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      const { error, rejected } = answer.json as { error?: { code: string }; rejected?: unknown[] };
      if (error) expect(Object.keys(HTTP_ERRORS)).toContain(error.code);
      else expect(rejected).not.toEqual([]);
    }),
    { numRuns: 1500 },
  );
  expect([...statuses.keys()].sort()).toEqual([200, 400]);
  expect(exporter.ports.lines.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('sending a batch again adds nothing', async () => {
  const count = fc.option(fc.nat(1000), { nil: undefined });
  const event = fc.record({
    id: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined }),
    timestamp: fc.integer({ min: NOW_MS - 86_400_000, max: NOW_MS }),
    provider: fc.constantFrom('openai', 'anthropic', 'nobody'),
    model: fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'other'),
    tenant_id: fc.constantFrom('again', 'once more'),
    usage: fc.record({ input_tokens: count, output_tokens: count, cache_read_tokens: count }),
  });
  const families = ['llm_requests_total', 'llm_tokens_total', 'llm_cost_total', 'llm_unpriced_tokens_total'];
  const totals = async () => {
    const scraped = await scrape(exporter);
    return families.map((name) => sumOf(scraped, name));
  };
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
      const first = (await postEvents(exporter, events)).json as Record<string, number>;
      const between = await totals();
      const second = (await postEvents(exporter, events)).json as Record<string, number>;
      expect(second.accepted).toBe(0);
      expect(second.duplicate).toBe(first.accepted! + first.duplicate!);
      expect(second.rejected).toEqual(first.rejected);
      expect(await totals()).toEqual(between);
      accepted += first.accepted!;
    }),
    { numRuns: 60 },
  );
  expect(accepted).toBeGreaterThan(100);
});
