import { expect, test } from 'vitest';
import { sampleOf } from '../../app/given.ts';
import { CUMULATIVE, type GivenPoint, ingest, metricsApp, requestOf } from './metrics-given.ts';

const TOKEN_USAGE = 'gen_ai.client.token.usage';
const at = (metric: string, value: number, more: Partial<GivenPoint> = {}): GivenPoint => ({
  metric,
  value,
  start: 0,
  time: 10,
  ...more,
});
const typed = (type: string, value: number, more: Partial<GivenPoint> = {}): GivenPoint =>
  at(TOKEN_USAGE, value, {
    kind: 'histogram',
    ...more,
    attributes: { 'gen_ai.token.type': type, ...more.attributes },
  });
const claude = (type: string, value: number): GivenPoint =>
  at('claude_code.token.usage', value, { attributes: { type, model: 'claude-sonnet-4-5' } });
const baseline = (metric: string, value: number): GivenPoint =>
  at(metric, value, { temporality: CUMULATIVE, start: -9 });

test.each<[what: string, points: readonly GivenPoint[], counted: object]>([
  [
    'counters: parts are taken out of their totals',
    [
      at('input_tokens', 1000),
      at('cache_read.input_tokens', 600),
      at('cache_write.input_tokens', 100),
      at('output_tokens', 200),
      at('reasoning.output_tokens', 50),
    ],
    { input: 300, cache_read: 600, cache_write_5m: 100, output: 150, reasoning: 50 },
  ],
  [
    'counters: each modality by itself',
    [
      at('input_tokens', 1000, { attributes: { 'gen_ai.token.modality': 'text' } }),
      at('input_tokens', 80, { attributes: { 'gen_ai.token.modality': 'audio' } }),
      at('cache_read.input_tokens', 30, { attributes: { 'gen_ai.token.modality': 'audio' } }),
      at('output_tokens', 9, { attributes: { 'gen_ai.token.modality': 'image' } }),
      at('output_tokens', 7, { attributes: { 'gen_ai.token.modality': 'unknown' } }),
    ],
    { input: 1000, input_audio: 50, cache_read_audio: 30, output_image: 9, output: 7 },
  ],
  [
    'a part is taken out of the total with its own attributes',
    [
      at('input_tokens', 10, { attributes: { 'server.address': 'a' } }),
      at('input_tokens', 70, { attributes: { 'server.address': 'b' } }),
      at('cache_read.input_tokens', 60, { attributes: { 'server.address': 'b' } }),
    ],
    { input: 20, cache_read: 60 },
  ],
  [
    'an id of a response does not make one of input and output',
    [
      at('input_tokens', 10, { attributes: { 'gen_ai.response.id': 'chatcmpl-0123456789abcdef' } }),
      at('output_tokens', 20, { attributes: { 'gen_ai.response.id': 'chatcmpl-0123456789abcdef' } }),
    ],
    { input: 10, output: 20 },
  ],
  ['histogram: its sum', [typed('input', 1000), typed('output', 200)], { input: 1000, output: 200 }],
  [
    'histogram: Envoy AI Gateway',
    [
      typed('input', 1000),
      typed('cached_input', 600),
      typed('cache_creation_input', 100),
      typed('output', 200),
      typed('reasoning', 20),
    ],
    { input: 300, cache_read: 600, cache_write_5m: 100, output: 180, reasoning: 20 },
  ],
  [
    'both conventions of one sender: the newer one alone',
    [typed('input', 1000), typed('output', 200), at('input_tokens', 1000), at('output_tokens', 200)],
    { input: 1000, output: 200 },
  ],
  [
    'Claude Code: its types do not include each other',
    [claude('input', 10), claude('cacheRead', 5000), claude('cacheCreation', 300), claude('output', 200)],
    {},
  ],
  [
    'the total of all tokens and an agent on top of its calls',
    [typed('total', 1200), typed('input', 5, { attributes: { 'gen_ai.operation.name': 'invoke_agent' } })],
    {},
  ],
  [
    'percentiles are no totals',
    [at('gen_ai.client.inference.operation.input_tokens', 500, { kind: 'histogram' })],
    {},
  ],
])('%s', async (_what, points, counted) => {
  const { send, tokens } = await metricsApp();
  expect((await send('gpt-4o', ...points)).rejected).toEqual([]);
  expect(await tokens('gpt-4o')).toEqual(counted);
});

test('Claude Code is Anthropic, and its points have no calls', async () => {
  const { app, send, tokens } = await metricsApp();
  const answer = await send(
    'unused',
    claude('input', 10),
    claude('cacheRead', 5000),
    claude('cacheCreation', 300),
    claude('output', 200),
  );
  expect(answer).toEqual({ accepted: 4, duplicate: 0, unpriced: 0, rejected: [] });
  expect(await tokens('claude-sonnet-4-5')).toEqual({
    input: 10,
    cache_read: 5000,
    cache_write_5m: 300,
    output: 200,
  });
  // 10 x 3 + 5000 x 0.3 + 300 x 3.75 + 200 x 15 USD per million.
  expect(await sampleOf(app, 'llm_cost_month_to_date_usd', { provider: 'anthropic' })).toBeCloseTo(
    0.005655,
    12,
  );
  expect(await sampleOf(app, 'llm_requests_total')).toBe(0);
  expect(
    await sampleOf(app, 'llm_cost_exporter_ingest_events_total', {
      source: 'otlp_metrics',
      result: 'accepted',
    }),
  ).toBe(4);
});

test.each<[what: string, points: readonly GivenPoint[], codes: readonly string[], message: RegExp]>([
  [
    'a part without its total',
    [at('cache_read.input_tokens', 60)],
    ['inconsistent_usage'],
    /^cache_read tokens without the input tokens that include them/,
  ],
  [
    'parts larger than their total',
    [at('input_tokens', 50), at('cache_read.input_tokens', 60)],
    ['inconsistent_usage', 'inconsistent_usage'],
    /^input tokens: the parts \(cache_read 60\) are more than the 50/,
  ],
  [
    'a sum that can go down',
    [at('input_tokens', 5, { isMonotonic: false })],
    ['invalid_event'],
    /expected a monotonic sum or a histogram/,
  ],
  [
    'a gauge',
    [at('input_tokens', 5, { kind: 'gauge' })],
    ['invalid_event'],
    /expected a monotonic sum or a histogram/,
  ],
  [
    'no temporality',
    [at('input_tokens', 5, { temporality: 0 })],
    ['invalid_event'],
    /expected delta or cumulative/,
  ],
  [
    'a fraction of a token',
    [typed('input', 5.5)],
    ['invalid_event'],
    /expected a whole number of tokens .* got 5\.5$/,
  ],
  ['less than nothing', [at('input_tokens', -5)], ['invalid_event'], /got -5$/],
  ['a token type that nobody knows', [typed('thought', 5)], ['invalid_event'], /expected a token type/],
  [
    'a time of long ago',
    [at('input_tokens', 5, { time: -50_000_000 })],
    ['timestamp_too_old'],
    /older than the ledger's retention/,
  ],
])('%s is rejected, point by point', async (_what, points, codes, message) => {
  const { send, tokens } = await metricsApp();
  const { accepted, rejected } = await send('gpt-4o', ...points);
  expect([accepted, rejected.map(({ code }) => code)]).toEqual([0, codes]);
  expect(rejected[0]!.message).toMatch(message);
  expect(await tokens('gpt-4o')).toEqual({});
});

test('a part of a total that does not count yet does not count either, then or later', async () => {
  const { send, tokens } = await metricsApp();
  const first = await send(
    'gpt-4o',
    baseline('input_tokens', 9000),
    at('cache_read.input_tokens', 500, { temporality: CUMULATIVE, start: 1 }),
  );
  expect(first).toMatchObject({ accepted: 0, skipped: { baseline: 2 }, rejected: [] });
  const later = (metric: string, value: number, start: number) =>
    at(metric, value, { temporality: CUMULATIVE, start, time: 20 });
  await send('gpt-4o', later('input_tokens', 9100, -9), later('cache_read.input_tokens', 560, 1));
  expect(await tokens('gpt-4o')).toEqual({ input: 40, cache_read: 60 });
});

test('a histogram without its sum is a call without usage', async () => {
  const { send } = await metricsApp();
  const point: GivenPoint = { ...typed('input', 0), value: undefined };
  expect(await send('gpt-4o', point)).toMatchObject({ accepted: 0, skipped: { usage_missing: 1 } });
});

test('only the metrics of services for which metrics count', async () => {
  const { app, send } = await metricsApp({ otlp: { services: { agent: 'metrics' } } });
  const answer = await send(
    'gpt-4o',
    at('input_tokens', 5),
    at('input_tokens', 7, { resource: { 'service.name': 'agent' } }),
  );
  expect(answer).toMatchObject({ accepted: 1, skipped: { not_authoritative: 1 } });
  expect(
    await sampleOf(app, 'llm_cost_exporter_ingest_uncounted_total', {
      source: 'otlp_metrics',
      reason: 'not_authoritative',
    }),
  ).toBe(1);
});

test('owners come from the point, else from its resource, else from the headers', async () => {
  const { app, send } = await metricsApp();
  const owned = {
    attributes: { 'tenant.id': 'acme' },
    resource: { 'deployment.environment.name': 'prod', team: 'search' },
  };
  await ingest(app, requestOf('gpt-4o', [at('output_tokens', 5, owned)]), {
    tenant_id: 'other',
    team: 'other',
    project_id: 'p',
    nonsense: 'x',
  });
  await send('gpt-4o');
  const labels = { tenant_id: 'acme', team: 'search', environment: 'prod', feature: 'shop' };
  expect(await sampleOf(app, 'llm_tokens_total', labels)).toBe(5);
  await ingest(app, requestOf('gpt-4o-mini', [at('output_tokens', 6)]), { team: 'ops' });
  expect(await sampleOf(app, 'llm_tokens_total', { model: 'gpt-4o-mini', team: 'ops' })).toBe(6);
});
