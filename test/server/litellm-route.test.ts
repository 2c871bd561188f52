import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payload, RECORDED } from '../ingest/litellm-payloads.ts';
import { post, type RunningExporter, request, scrape, startExporter, sumOf } from './support/exporter.ts';

let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter({ limits: { events_per_request: 50 } });
});
afterAll(() => exporter.close());

const PATH = '/v1/litellm';
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const send = (body: unknown, headers = {}) => post(exporter, PATH, JSON.stringify(body), headers);

test('one batch of everything that a day brings', async () => {
  const { status, json } = await send([...Object.values(RECORDED), payload({ prompt_tokens: -1 }), null]);
  expect({ status, json }).toEqual({
    status: 200,
    json: {
      accepted: 13,
      duplicate: 0,
      unpriced: 2,
      rejected: [
        { index: 21, code: 'inconsistent_usage', message: expect.stringMatching(/^usage.prompt_tokens: /) },
        {
          index: 22,
          code: 'invalid_event',
          message: expect.stringMatching(/^expected a standard logging payload/),
        },
      ],
      skipped: { usage_missing: 3, not_billed: 1, failed_without_usage: 3, response_cache: 1 },
    },
  });
  const scraped = await scrape(exporter);
  const uncounted = (reason: string) =>
    sumOf(scraped, 'llm_cost_exporter_ingest_uncounted_total', 'source="litellm"', `reason="${reason}"`);
  expect(['usage_missing', 'failed_without_usage', 'response_cache', 'invalid_event'].map(uncounted)).toEqual(
    [3, 3, 1, 1],
  );
});

test('nothing but skipped calls is nothing to mend', async () => {
  expect(await send([RECORDED.failure])).toMatchObject({
    status: 200,
    json: { accepted: 0, rejected: [], skipped: { failed_without_usage: 1 } },
  });
  expect(await send([{}])).toMatchObject({ status: 400, json: { rejected: [{ code: 'invalid_event' }] } });
});

describe('what the edge refuses', () => {
  test.each<[what: string, body: string, headers: Record<string, string>, status: number, code: string]>([
    ['other types', '[]', { 'Content-Type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['attributes beside the payloads', '[]', { 'X-LLM-Tenant-Id': 'acme' }, 400, 'unexpected_attributes'],
    ['what is no JSON', '{"id": NaN', {}, 400, 'invalid_json'],
    ['too many', JSON.stringify(Array(51).fill({})), {}, 413, 'too_many_events'],
  ])('%s', async (_what, body, headers, status, code) => {
    expect(await post(exporter, PATH, body, headers)).toMatchObject({ status, json: { error: { code } } });
  });

  test('other methods', async () => {
    expect((await request(exporter.url + PATH)).status).toBe(405);
  });
});

test('whatever the fields hold, each payload is answered and nothing of it is repeated', async () => {
  const secret = 'SECRET-5d1f';
  const any = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      secret,
      -1,
      1e308,
      '',
      [],
      {},
      [secret],
      { usage: secret },
      true,
      '\0',
      '\ud800',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const names = Object.keys(payload(USAGE));
  const fields = fc.dictionary(fc.constantFrom(...names, 'end_user', 'request_tags', 'cost_breakdown'), any);
  const usage = fc.dictionary(
    fc.constantFrom(
      'prompt_tokens',
      'completion_tokens',
      'prompt_tokens_details',
      'server_tool_use',
      'speed',
    ),
    any,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(usage, fields), { minLength: 1, maxLength: 40 }), async (given) => {
      const payloads = given.map(([use, own]) => payload({ ...USAGE, ...use }, own));
      const { status, json, text } = await send(payloads);
      expect([200, 400]).toContain(status);
      const {
        accepted,
        duplicate,
        rejected,
        skipped = {},
      } = json as Record<string, never> & {
        accepted: number;
        duplicate: number;
        rejected: unknown[];
        skipped?: Record<string, number>;
      };
      const skips = Object.values(skipped).reduce((sum, count) => sum + count, 0);
      expect(accepted + duplicate + rejected.length + skips).toBe(payloads.length);
      expect(text).not.toContain(secret);
    }),
    { numRuns: 60 },
  );
  expect(exporter.ports.lines.filter((line) => line.startsWith('error'))).toEqual([]);
});
