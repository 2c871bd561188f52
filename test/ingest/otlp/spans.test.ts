import { describe, expect, test } from 'vitest';
import type { UsageEvent } from '../../../exporter/domain/usage-event.ts';
import { NOW_MS } from '../../support/charges.ts';
import {
  type Attributes,
  BOUNDS,
  briefly,
  encodeTraces,
  JSON_TYPE,
  nanos,
  PROTOBUF,
  read,
  readJson,
  spanOf,
  TRACE,
  tracesOf,
  tracesSource,
} from './traces-given.ts';

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};
const USED = { ...CALL, 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 2 };

const outcomesOf = (attributes: Attributes, resource: Attributes = {}, otlp = {}) =>
  readJson(tracesSource(otlp), tracesOf([spanOf({ attributes })], { resource }));

function eventOf(attributes: Attributes, resource: Attributes = {}, otlp = {}): UsageEvent {
  const outcomes = outcomesOf(attributes, resource, otlp);
  if (outcomes[0]?.kind !== 'event') throw new Error(JSON.stringify(outcomes));
  return outcomes[0].event;
}

describe('what is a call', () => {
  test.each([
    'create_agent',
    'invoke_agent',
    'invoke_workflow',
    'execute_tool',
    'plan',
    'retrieval',
    'search_memory',
    'fetch_response',
    'agent_step',
  ])('%s is none, and usage on it is that of others', (operation) => {
    const attributes = { ...USED, 'gen_ai.operation.name': operation };
    expect(briefly(outcomesOf(attributes))).toEqual(['sum_of_others']);
    expect(briefly(outcomesOf({ ...CALL, 'gen_ai.operation.name': operation }))).toEqual([]);
  });

  test.each([
    ['ai.operationId', 'ai.generateText'],
    ['ai.operationId', 'ai.streamObject'],
    ['ai.operationId', 'ai.embedMany'],
    ['ai.operationId', 'ai.toolCall'],
    ['openinference.span.kind', 'CHAIN'],
    ['openinference.span.kind', 'AGENT'],
    ['openinference.span.kind', 'TOOL'],
    ['traceloop.span.kind', 'workflow'],
  ])('%s %s is none', (key, value) => {
    expect(briefly(outcomesOf({ [key]: value, 'ai.usage.promptTokens': 10 }))).toEqual(['sum_of_others']);
    expect(briefly(outcomesOf({ [key]: value }))).toEqual([]);
  });

  test.each(['ai.generateObject.doGenerate', 'ai.embed.doEmbed', 'ai.rerank.doRerank', 'ai.generateSpeech'])(
    '%s is one',
    (operation) => {
      expect(briefly(outcomesOf({ 'ai.operationId': operation }))).toEqual(['usage_missing']);
    },
  );

  test('a span that has nothing of GenAI is nothing', () => {
    expect(outcomesOf({ 'http.request.method': 'GET', 'server.address': 'api.openai.com' })).toEqual([]);
    expect(outcomesOf({})).toEqual([]);
  });

  test('an operation that nobody knows counts if it has usage, and is nothing without', () => {
    expect(briefly(outcomesOf({ ...USED, 'gen_ai.operation.name': 'decide' }))).toEqual([
      { input: 10, output: 2, request: 1 },
    ]);
    expect(outcomesOf({ ...CALL, 'gen_ai.operation.name': 'vectordb' })).toEqual([]);
  });
});

describe('usage', () => {
  test('a call without any is missing it, or failed without it', () => {
    expect(briefly(outcomesOf(CALL))).toEqual(['usage_missing']);
    expect(briefly(outcomesOf({ ...CALL, 'error.type': 'rate_limit' }))).toEqual(['failed_without_usage']);
    const failed = tracesOf([spanOf({ attributes: CALL, failed: true })]);
    expect(briefly(readJson(tracesSource(), failed))).toEqual(['failed_without_usage']);
    expect(briefly(read(tracesSource(), encodeTraces(failed), PROTOBUF))).toEqual(['failed_without_usage']);
  });

  test('zero that is written is zero', () => {
    const attributes = { ...CALL, 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 };
    expect(briefly(outcomesOf(attributes))).toEqual([{ request: 1 }]);
  });

  test.each<[why: string, attributes: Attributes]>([
    ['a negative count', { 'gen_ai.usage.input_tokens': -1 }],
    ['a fraction', { 'gen_ai.usage.input_tokens': 10.5 }],
    ['too much to be true', { 'gen_ai.usage.output_tokens': 1_000_000_001 }],
    ['a text', { 'gen_ai.usage.output_tokens': 'many' }],
    ['two generations that disagree', { 'gen_ai.usage.prompt_tokens': 11 }],
    ['more cached than there is', { 'gen_ai.usage.cache_read.input_tokens': 11 }],
    ['more reasoning than output', { 'gen_ai.usage.reasoning.output_tokens': 3 }],
    ['more audio than input', { 'gen_ai.usage.audio.input_tokens': 11 }],
    [
      'more written for an hour than written',
      {
        'gen_ai.usage.cache_write.input_tokens': 1,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 2,
      },
    ],
  ])('%s is a contradiction', (_why, attributes) => {
    expect(briefly(outcomesOf({ ...USED, ...attributes }))).toEqual(['inconsistent_usage']);
  });

  test('a 0 beside another number of the same meaning says nothing (litellm#11364)', () => {
    const attributes = {
      ...USED,
      'gen_ai.usage.input_tokens': 31_000,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.cache_read_input_tokens': 30_940,
    };
    expect(briefly(outcomesOf(attributes))).toEqual([
      { input: 60, cache_read: 30_940, output: 2, request: 1 },
    ]);
  });

  test('more cached tokens than input show that Anthropic’s numbers were passed on', () => {
    const attributes = { ...USED, 'gen_ai.usage.cache_read.input_tokens': 500 };
    expect(briefly(outcomesOf({ ...attributes, 'gen_ai.provider.name': 'anthropic' }))).toEqual([
      { input: 10, cache_read: 500, output: 2, request: 1 },
    ]);
    expect(
      briefly(
        outcomesOf({
          ...attributes,
          'gen_ai.provider.name': 'gcp.vertex_ai',
          'gen_ai.request.model': 'claude-sonnet-4-5',
        }),
      ),
    ).toEqual([{ input: 10, cache_read: 500, output: 2, request: 1 }]);
    expect(briefly(outcomesOf({ ...attributes, 'gen_ai.provider.name': 'gcp.gemini' }))).toEqual([
      'inconsistent_usage',
    ]);
  });

  test('whole numbers may come as doubles or digits', () => {
    const attributes = { ...USED, 'gen_ai.usage.input_tokens': '10' };
    expect(briefly(outcomesOf(attributes))).toEqual([{ input: 10, output: 2, request: 1 }]);
    const request = tracesOf([
      {
        ...spanOf({ attributes: CALL }),
        attributes: [{ key: 'gen_ai.usage.input_tokens', value: { doubleValue: 10 } }],
      },
    ]);
    expect(briefly(read(tracesSource(), encodeTraces(request), PROTOBUF))).toEqual([
      { input: 10, request: 1 },
    ]);
  });
});

describe('provider', () => {
  test.each([
    ['openai', 'api.openai.com', 'openai'],
    ['azure.ai.openai', 'api.openai.com', 'openai'],
    ['openai', 'my-resource.openai.azure.com', 'azure'],
    ['openai', 'https://openrouter.ai/api/v1', 'openrouter'],
    ['openai', 'api.groq.com:443', 'groq'],
    ['openai', 'api.deepseek.com', 'deepseek'],
    ['openai', 'api.x.ai', 'x-ai'],
    ['openai', 'api.together.xyz', 'together'],
    ['openai', 'api.fireworks.ai', 'fireworks'],
    ['openai', 'api.mistral.ai', 'mistral'],
    ['openai', 'generativelanguage.googleapis.com', 'google'],
    ['anthropic', 'us-east5-aiplatform.googleapis.com', 'google'],
    ['anthropic', 'bedrock-runtime.us-east-1.amazonaws.com', 'aws'],
    ['openai', 'localhost', 'self-hosted'],
    ['openai', '10.1.2.3', 'self-hosted'],
    ['openai', '[fd00::1]:8000', 'self-hosted'],
    ['openai', '::1', 'self-hosted'],
    ['openai', 'vllm.models.svc.cluster.local', 'self-hosted'],
    ['openai', 'vllm', 'self-hosted'],
    ['vllm', 'localhost', 'vllm'],
    ['anthropic', 'localhost', 'anthropic'],
    ['openai', 'llm.example.com', 'openai'],
    ['openai', 'openai.com.example.org', 'openai'],
    ['openai', '', 'openai'],
    ['xai', '', 'x-ai'],
    ['az.ai.inference', '', 'azure'],
    ['openai.responses', '', 'openai'],
    ['google.generative-ai', '', 'google'],
    ['amazon-bedrock', '', 'aws'],
    ['azure-openai.chat', '', 'azure'],
    ['ibm.watsonx.ai', '', 'ibm.watsonx.ai'],
  ])('%s at %s is %s', (said, host, provider) => {
    const { dimensions } = eventOf({ ...USED, 'gen_ai.provider.name': said, 'server.address': host });
    expect(dimensions.provider).toBe(provider);
  });
});

describe('event', () => {
  test('is named by the response id, if that is long enough to be unique', () => {
    const long = 'chatcmpl-AyyfeFHICsf6x';
    expect(eventOf({ ...USED, 'gen_ai.response.id': long }).id).toBe(long);
    const span = spanOf({
      id: '00f067aa0ba902b7',
      attributes: { ...USED, 'gen_ai.response.id': 'chatcmpl-123' },
    });
    const upperCase = { ...span, traceId: TRACE.toUpperCase(), spanId: '00F067AA0BA902B7' };
    for (const outcomes of [
      readJson(tracesSource(), tracesOf([upperCase])),
      read(tracesSource(), encodeTraces(tracesOf([span])), PROTOBUF),
    ]) {
      expect(outcomes).toMatchObject([{ kind: 'event', event: { id: `${TRACE}:00f067aa0ba902b7` } }]);
    }
  });

  test.each([
    ['no ids', '', ''],
    ['zeros for ids', '0'.repeat(32), '0'.repeat(16)],
    ['ids of the wrong length', 'abcd', 'ef'],
  ])('has no name with %s and no response id', (_what, traceId, spanId) => {
    const request = tracesOf([{ ...spanOf({ attributes: USED }), traceId, spanId }]);
    expect(briefly(readJson(tracesSource(), request))).toEqual(['invalid_event']);
    expect(briefly(read(tracesSource(), encodeTraces(request), PROTOBUF))).toEqual(['invalid_event']);
  });

  test('happened when the span ended, and took as long as it', () => {
    expect(eventOf(USED)).toMatchObject({ timestampMs: NOW_MS - 60_000, latencyMs: 1250 });
    const backwards = { ...spanOf({ attributes: USED }), startTimeUnixNano: nanos(NOW_MS) };
    expect(readJson(tracesSource(), tracesOf([backwards]))).toMatchObject([
      { event: { latencyMs: undefined } },
    ]);
  });

  test.each([
    ['timestamp_in_future', nanos(NOW_MS + BOUNDS.futureMs + 1)],
    ['timestamp_too_old', nanos(NOW_MS - BOUNDS.retentionMs - 1)],
    ['timestamp_too_old', '0'],
  ])('is refused as %s', (code, endTimeUnixNano) => {
    const request = tracesOf([{ ...spanOf({ attributes: USED }), endTimeUnixNano }]);
    expect(briefly(readJson(tracesSource(), request))).toEqual([code]);
  });

  test.each<[status: string, attributes: Attributes]>([
    ['success', { 'gen_ai.response.finish_reasons': ['stop'] }],
    ['truncated', { 'gen_ai.response.finish_reasons': ['length'] }],
    ['truncated', { 'gen_ai.response.finish_reasons': ['stop', 'MAX_TOKENS'] }],
    ['truncated', { 'ai.response.finishReason': 'length' }],
    ['error', { 'error.type': '500' }],
    ['timeout', { 'error.type': 'APITimeoutError' }],
    ['cancelled', { 'error.type': 'AbortError' }],
  ])('has status %s', (status, attributes) => {
    expect(eventOf({ ...USED, ...attributes }).dimensions.status).toBe(status);
  });

  test('takes owners and dimensions from the span, else from its resource', () => {
    const resource = {
      'tenant.id': 'acme',
      'deployment.environment.name': 'prod',
      'service.namespace': 'web',
      team: 'search',
    };
    const attributes = {
      ...USED,
      team: 'ads',
      'user.id': 7,
      'gen_ai.conversation.id': 'c-1',
      feature: 'chat',
    };
    expect(eventOf(attributes, resource)).toMatchObject({
      dimensions: { tenant_id: 'acme', environment: 'prod', project_id: 'web', team: 'ads', feature: 'chat' },
      userId: '7',
      executionId: 'c-1',
    });
  });

  test('takes them from attributes of one’s choice, best first', () => {
    const otlp = { attributes: { tenant_id: ['customer', 'traceloop.association.properties.customer'] } };
    const attributes = { ...USED, 'traceloop.association.properties.customer': 'c2' };
    expect(eventOf(attributes, {}, otlp).dimensions.tenant_id).toBe('c2');
    expect(eventOf({ ...attributes, customer: 'c1' }, {}, otlp).dimensions.tenant_id).toBe('c1');
  });

  test('takes them from X-LLM headers where the sender says nothing', () => {
    const request = tracesOf([spanOf({ attributes: USED })]);
    const body = Buffer.from(JSON.stringify(request));
    const outcomes = read(tracesSource(), body, JSON_TYPE, { tenant_id: 'acme', feature: 'ignored' });
    expect(outcomes).toMatchObject([{ event: { dimensions: { tenant_id: 'acme', feature: 'shop' } } }]);
  });

  test.each<[what: string, attributes: Attributes]>([
    ['a model', { 'gen_ai.request.model': 'm'.repeat(257) }],
    ['an operation', { 'gen_ai.operation.name': 'o'.repeat(65) }],
    ['a response id', { 'gen_ai.response.id': 'i'.repeat(257) }],
    ['a user', { 'user.id': 'é'.repeat(300_000) }],
    ['a text with a NUL', { 'gen_ai.request.model': 'gpt\0' }],
    ['a cost that is none', { 'gen_ai.usage.cost': -1 }],
    ['a cost in words', { 'gen_ai.usage.cost': 'much' }],
  ])('is refused for %s', (_what, attributes) => {
    const request = tracesOf([spanOf({ attributes: { ...USED, ...attributes } })]);
    expect(briefly(readJson(tracesSource(), request))).toEqual(['invalid_event']);
    expect(read(tracesSource(), encodeTraces(request), PROTOBUF)).toEqual(readJson(tracesSource(), request));
  });

  test.each<[usd: number | undefined, attributes: Attributes]>([
    [0.25, { 'gen_ai.usage.cost.amount': 0.25, 'gen_ai.usage.cost.currency': 'USD' }],
    [undefined, { 'gen_ai.usage.cost.amount': 0.25, 'gen_ai.usage.cost.currency': 'EUR' }],
    [undefined, { 'gen_ai.usage.cost.amount': 0.25 }],
    [1, { 'gen_ai.usage.cost': 1 }],
    [undefined, { 'gen_ai.usage.cost': 0 }],
  ])('reported cost is %s', (usd, attributes) => {
    expect(eventOf({ ...USED, ...attributes }).reportedCostNanoUsd).toBe(usd === undefined ? usd : usd * 1e9);
  });
});

test('the spans of a sender of which another signal counts are seen and not counted', () => {
  const otlp = { services: { gateway: 'metrics' } };
  const resource = { 'service.name': 'gateway' };
  expect(briefly(outcomesOf(USED, resource, otlp))).toEqual(['not_authoritative']);
  expect(outcomesOf(CALL, resource, otlp)).toEqual([]);
  expect(briefly(outcomesOf(USED, {}, { signal: 'logs' }))).toEqual(['not_authoritative']);
  expect(briefly(outcomesOf(USED, resource, { signal: 'logs', services: { gateway: 'spans' } }))).toEqual([
    { input: 10, output: 2, request: 1 },
  ]);
});

test('more calls than the limit are refused together', () => {
  const spans = (count: number) =>
    tracesOf(Array.from({ length: count }, () => spanOf({ attributes: USED })));
  expect(readJson(tracesSource({}, 3), spans(3))).toHaveLength(3);
  expect(() => readJson(tracesSource({}, 3), spans(4))).toThrow(
    expect.objectContaining({ code: 'too_many_events' }),
  );
});
