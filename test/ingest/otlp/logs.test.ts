import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../../../exporter/app/index.ts';
import { sampleOf, samplesOf } from '../../app/given.ts';
import { frozenPorts } from '../../support/ports.ts';
import { openApp, type Settings } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { attributeList, nanos } from './metrics-given.ts';

type Attributes = Readonly<Record<string, string>>;
interface GivenRecord {
  readonly body?: string;
  readonly eventName?: string;
  readonly time?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: Attributes;
}

/** As Claude Code sends it, numbers as text. */
const API_REQUEST: Attributes = {
  'event.name': 'api_request',
  'event.timestamp': '2026-11-21T09:59:00.000Z',
  'event.sequence': '7',
  'session.id': 'session-1',
  'user.id': 'hash-of-a-user',
  'organization.id': 'org-1',
  model: 'claude-sonnet-4-5-20250929',
  input_tokens: '10',
  output_tokens: '200',
  cache_read_tokens: '5000',
  cache_creation_tokens: '300',
  cost_usd: '0.005655',
  duration_ms: '1500',
  speed: 'normal',
  request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
};
const claudeCode = (more: Attributes = {}, without: readonly string[] = []): GivenRecord => ({
  body: 'claude_code.api_request',
  attributes: Object.fromEntries(
    Object.entries({ ...API_REQUEST, ...more }).filter(([key]) => !without.includes(key)),
  ),
});
const genAi = (attributes: Attributes, more: Partial<GivenRecord> = {}): GivenRecord => ({
  eventName: 'gen_ai.client.inference.operation.details',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    ...attributes,
  },
  ...more,
});

async function logsApp(settings: Settings = {}): Promise<App> {
  const app = await openApp(tempDir(), { otlp: { signal: 'logs' }, ...settings }, frozenPorts());
  onTestFinished(() => app.close());
  return app;
}

function send(
  app: App,
  records: readonly GivenRecord[],
  { service = 'claude-code', scope = 'com.anthropic.claude_code.events', headers = {} } = {},
) {
  const request = {
    resourceLogs: [
      {
        resource: { attributes: attributeList({ 'service.name': service }) },
        scopeLogs: [
          {
            scope: { name: scope },
            logRecords: records.map(({ body, eventName, time = -60, traceId, spanId, attributes }) => ({
              timeUnixNano: nanos(time),
              ...(body !== undefined && { body: { stringValue: body } }),
              ...(eventName !== undefined && { eventName }),
              ...(traceId !== undefined && { traceId, spanId }),
              attributes: attributeList(attributes),
            })),
          },
        ],
      },
    ],
  };
  return app.ingest('otlp_logs', {
    body: Buffer.from(JSON.stringify(request)),
    contentType: 'application/json',
    provider: '',
    attributes: headers,
  });
}

const ACCEPTED = { accepted: 1, duplicate: 0, unpriced: 0, rejected: [] };

test('a request of Claude Code: Anthropic, cached tokens beside the input, its cost kept apart', async () => {
  const app = await logsApp();
  expect(await send(app, [claudeCode()])).toEqual(ACCEPTED);
  const tokens = await samplesOf(app, /^llm_tokens_total$/);
  expect([...tokens].map(([series, value]) => [/"token_type":"(\w+)"/.exec(series)![1], value])).toEqual([
    ['cache_read', '5000'],
    ['cache_write_5m', '300'],
    ['input', '10'],
    ['output', '200'],
  ]);
  const labels = {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    tenant_id: 'org-1',
    feature: 'claude-code',
  };
  expect(await sampleOf(app, 'llm_requests_total', { ...labels, status: 'success' })).toBe(1);
  expect(await sampleOf(app, 'llm_cost_month_to_date_usd', { tenant_id: 'org-1' })).toBeCloseTo(0.005655, 12);
  expect(await sampleOf(app, 'llm_request_duration_seconds_sum')).toBe(1.5);
});

test.each<[what: string, first: GivenRecord, second: GivenRecord, isSame: boolean]>([
  ['the same request id', claudeCode(), { ...claudeCode({ 'event.sequence': '9' }), time: -10 }, true],
  ['another request id', claudeCode(), claudeCode({ request_id: 'req_011CSHoEeqs5C35K2UUqR7Fz' }), false],
  [
    'only the client names it',
    claudeCode({ client_request_id: '0b7b0f6c-7c51-4d7e-8f0e-0d8f4f9e2a11' }, ['request_id']),
    claudeCode({ client_request_id: '0b7b0f6c-7c51-4d7e-8f0e-0d8f4f9e2a11', 'event.sequence': '8' }, [
      'request_id',
    ]),
    true,
  ],
  ['no request id: sent again', claudeCode({}, ['request_id']), claudeCode({}, ['request_id']), true],
  [
    'no request id: the next of the session',
    claudeCode({}, ['request_id']),
    claudeCode({ 'event.sequence': '8' }, ['request_id']),
    false,
  ],
  [
    'no request id: another session',
    claudeCode({}, ['request_id']),
    claudeCode({ 'session.id': 'session-2' }, ['request_id']),
    false,
  ],
  [
    'nothing but a time, a millisecond later',
    claudeCode({}, ['request_id', 'session.id', 'event.sequence']),
    { ...claudeCode({}, ['request_id', 'session.id', 'event.sequence']), time: -59.999 },
    false,
  ],
])('%s', async (_what, first, second, isSame) => {
  const app = await logsApp();
  await send(app, [first]);
  expect(await send(app, [second])).toEqual({
    ...ACCEPTED,
    accepted: isSame ? 0 : 1,
    duplicate: isSame ? 1 : 0,
  });
});

test.each<[what: string, record: GivenRecord]>([
  ['its name in the body', claudeCode({}, ['event.name'])],
  [
    'its name as an attribute, in full',
    { ...claudeCode({ 'event.name': 'claude_code.api_request' }), body: '' },
  ],
  ['its name as an attribute, in short', { ...claudeCode(), body: '' }],
  [
    'its name as the name of the event',
    { ...claudeCode({}, ['event.name']), body: '', eventName: 'claude_code.api_request' },
  ],
  ['its name beside a prompt', { ...claudeCode(), body: 'claude_code.api_request '.repeat(9) }],
])('Claude Code is known by %s', async (_what, record) => {
  expect(await send(await logsApp(), [record])).toEqual(ACCEPTED);
});

test.each<[model: string, provider: string]>([
  ['claude-opus-4-6', 'anthropic'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws'],
  ['claude-sonnet-4-5@20250929', 'google'],
])('Claude Code with %s is billed by %s', async (model, provider) => {
  const app = await logsApp();
  await send(app, [claudeCode({ model })]);
  expect(await sampleOf(app, 'llm_requests_total', { provider, model })).toBe(1);
});

test('what Claude Code says of fast requests is what they cost: nobody else knows', async () => {
  const app = await logsApp();
  expect(await send(app, [claudeCode({ speed: 'fast', cost_usd: '0.034' })])).toEqual(ACCEPTED);
  expect(await sampleOf(app, 'llm_cost_month_to_date_usd', { provider: 'anthropic' })).toBeCloseTo(0.034, 12);
});

test.each<[what: string, record: GivenRecord, answer: object]>([
  [
    'a failed request',
    {
      body: 'claude_code.api_error',
      attributes: { 'event.name': 'api_error', model: 'claude-opus-4-6', error: 'overloaded' },
    },
    { skipped: { failed_without_usage: 1 } },
  ],
  [
    'a request without usage',
    { body: 'claude_code.api_request', attributes: { model: 'claude-opus-4-6' } },
    { skipped: { usage_missing: 1 } },
  ],
  [
    'a prompt',
    { body: 'claude_code.user_prompt', attributes: { 'event.name': 'user_prompt', prompt: 'hello' } },
    {},
  ],
  [
    'the result of a tool',
    { body: 'claude_code.tool_result', attributes: { 'event.name': 'tool_result' } },
    {},
  ],
  ['a line of text', { body: 'started', attributes: {} }, {}],
  ['a GenAI call without usage', genAi({}), { skipped: { usage_missing: 1 } }],
  ['a failed GenAI call', genAi({ 'error.type': 'timeout' }), { skipped: { failed_without_usage: 1 } }],
  [
    'an agent',
    genAi({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': '5' }),
    { skipped: { sum_of_others: 1 } },
  ],
])('%s is not counted', async (_what, record, answer) => {
  expect(await send(await logsApp(), [record])).toEqual({
    accepted: 0,
    duplicate: 0,
    unpriced: 0,
    rejected: [],
    ...answer,
  });
});

test('contradictions are rejected without a word of what was asked', async () => {
  const answer = await send(await logsApp(), [
    claudeCode({ output_tokens: '-5', prompt: 'secret' }),
    claudeCode({ input_tokens: 'many' }),
    genAi({
      'gen_ai.usage.input_tokens': '5',
      'gen_ai.usage.cache_read.input_tokens': '9',
      'gen_ai.response.id': 'chatcmpl-0123456789abcdef',
    }),
  ]);
  expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
    [0, 'inconsistent_usage'],
    [1, 'inconsistent_usage'],
    [2, 'inconsistent_usage'],
  ]);
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('a GenAI event and its span are one call', async () => {
  const app = await logsApp();
  const ids = { traceId: '5B8EFFF798038103D269B633813FC60C', spanId: 'EEE19B7EC3C1B174' };
  const usage = {
    'gen_ai.usage.input_tokens': '100',
    'gen_ai.usage.cache_read.input_tokens': '60',
    'gen_ai.usage.output_tokens': '7',
  };
  expect(await send(app, [genAi(usage, ids)], { service: 'shop' })).toEqual(ACCEPTED);
  expect(await send(app, [genAi(usage, { ...ids, time: -5 })], { service: 'shop' })).toMatchObject({
    duplicate: 1,
  });
  expect(await sampleOf(app, 'llm_tokens_total', { token_type: 'input', feature: 'shop' })).toBe(40);
});

test('by default only Claude Code counts by its logs', async () => {
  const app = await logsApp({ otlp: {} });
  expect(await send(app, [claudeCode()])).toEqual(ACCEPTED);
  expect(
    await send(app, [claudeCode({ request_id: 'req_011CSHoEeqs5C35K2UUqR7Fz' })], { service: 'my-agent' }),
  ).toMatchObject({
    accepted: 0,
    skipped: { not_authoritative: 1 },
  });
});

test('each sender of a request has its own resource', async () => {
  const app = await logsApp({ otlp: { services: { a: 'logs', b: 'logs', c: 'spans' } } });
  const bodies = ['a', 'b', 'c'].map((service, index) => ({
    resource: { attributes: attributeList({ 'service.name': service, team: `team-${service}` }) },
    scopeLogs: [
      {
        logRecords: [
          {
            timeUnixNano: nanos(-60),
            body: { stringValue: 'claude_code.api_request' },
            attributes: attributeList({ ...API_REQUEST, request_id: `req_0123456789abcdef${index}` }),
          },
        ],
      },
    ],
  }));
  const answer = await app.ingest('otlp_logs', {
    body: Buffer.from(JSON.stringify({ resourceLogs: bodies })),
    contentType: 'application/json',
    provider: '',
    attributes: {},
  });
  expect(answer).toEqual({ ...ACCEPTED, accepted: 2, skipped: { not_authoritative: 1 } });
  expect(await sampleOf(app, 'llm_requests_total', { feature: 'a', team: 'team-a' })).toBe(1);
  expect(await sampleOf(app, 'llm_requests_total', { feature: 'b', team: 'team-b' })).toBe(1);
});

test('headers name owners that the telemetry does not', async () => {
  const app = await logsApp();
  await send(app, [claudeCode()], { headers: { team: 'platform', tenant_id: 'other' } });
  expect(await sampleOf(app, 'llm_requests_total', { team: 'platform', tenant_id: 'org-1' })).toBe(1);
});

test('more calls than limits.events_per_request allows are refused together; other records do not matter', async () => {
  const app = await logsApp({ limits: { events_per_request: 2 } });
  const noise = Array.from({ length: 10 }, () => ({ body: 'started', attributes: {} }));
  const call = (id: number) => claudeCode({ request_id: `req_0123456789abcdef${id}` });
  expect(await send(app, [...noise, call(1), call(2)])).toMatchObject({ accepted: 2 });
  await expect(async () => send(app, [call(3), call(4), call(5)])).rejects.toMatchObject({
    code: 'too_many_events',
  });
});
