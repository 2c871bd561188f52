import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REJECTION_CODES, SKIP_REASONS } from '../../exporter/ingest/outcome.ts';
import {
  EVENTS_PER_REQUEST,
  eventOf,
  eventsOf,
  lines,
  metersOf,
  NOW_MS,
  outcomesOf,
} from './provider-given.ts';

const created = NOW_MS / 1000 - 3600;
const chat = (n = 1, fields: object = {}) => ({
  id: `chatcmpl-0123456789abcd${n}`,
  object: 'chat.completion',
  created,
  model: 'gpt-4o',
  service_tier: 'default',
  choices: [{ finish_reason: 'stop', message: { content: 'SECRET' } }],
  usage: { prompt_tokens: 100 * n, completion_tokens: 10 * n },
  ...fields,
});
const openai = (n = 1, body: object = chat(n), status = 200) => ({
  id: `batch_req_${n}`,
  custom_id: `request-${n}`,
  response: { status_code: status, request_id: `req_${n}`, body },
  error: null,
});
const message = {
  id: 'msg_0123456789abcdef',
  type: 'message',
  model: 'claude-sonnet-4-5',
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 3, service_tier: 'batch' },
};
const anthropic = (result: object) => ({ custom_id: 'my-request', result });
const gemini = {
  candidates: [{ finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 3, totalTokenCount: 13 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'Zk1aAJ_tMpWxvdIP5b6n2Q4',
};
const nova = {
  output: { message: { content: [{ text: 'SECRET' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 10, outputTokens: 3, totalTokens: 13 },
};

describe('a line of results is a call on the batch tier', () => {
  test.each<
    [what: string, provider: string, line: object, input: number, attributes?: Record<string, string>]
  >([
    ['OpenAI', 'openai', openai(), 100],
    ['Azure', 'azure', openai(), 100],
    ['Mistral', 'mistral', openai(), 100],
    ['Groq', 'groq', openai(), 100],
    [
      'OpenAI, responses',
      'openai',
      openai(1, {
        id: 'resp_0123456789abcdef',
        object: 'response',
        model: 'gpt-5',
        usage: { input_tokens: 9, output_tokens: 1 },
      }),
      9,
    ],
    [
      'OpenAI, embeddings',
      'openai',
      openai(1, {
        object: 'list',
        model: 'text-embedding-3-small',
        usage: { prompt_tokens: 7, total_tokens: 7 },
      }),
      7,
    ],
    ['Fireworks', 'fireworks', { custom_id: 'a', response: chat() }, 100],
    ['Anthropic', 'anthropic', anthropic({ type: 'succeeded', message }), 10],
    ['Gemini', 'google', { key: 'a', response: gemini }, 10],
    [
      'Vertex AI',
      'google',
      {
        status: '',
        processed_time: '2026-11-21T10:00:00Z',
        request: { contents: ['SECRET'] },
        response: gemini,
      },
      10,
    ],
    [
      'Bedrock, Claude',
      'aws',
      { recordId: 'CALL0000001', modelInput: { messages: ['SECRET'] }, modelOutput: message },
      10,
    ],
    [
      'Bedrock, Nova',
      'aws',
      { recordId: 'CALL0000001', modelInput: {}, modelOutput: nova },
      10,
      { model: 'amazon.nova-pro-v1:0' },
    ],
  ])('%s', (_, provider, line, input, attributes) => {
    const event = eventOf('batch', provider, lines(line), attributes);
    expect(event.dimensions).toMatchObject({ service_tier: 'batch', status: 'success' });
    expect(metersOf(event)).toMatchObject({ input, request: 1 });
  });

  test('with what Anthropic prices beside it', () => {
    const line = anthropic({
      type: 'succeeded',
      message: { ...message, usage: { ...message.usage, inference_geo: 'us' } },
    });
    expect(eventOf('batch', 'anthropic', lines(line)).dimensions.service_tier).toBe('batch_us');
  });
});

describe('a line that failed is skipped', () => {
  test.each<[what: string, provider: string, line: object, reason: string]>([
    [
      'OpenAI, not run',
      'openai',
      { id: 'b', custom_id: 'a', response: null, error: { code: 'batch_expired', message: 'SECRET' } },
      'failed_without_usage',
    ],
    [
      'OpenAI, refused',
      'openai',
      openai(1, { error: { message: 'SECRET', type: 'invalid_request_error' } }, 400),
      'failed_without_usage',
    ],
    ['OpenAI, without usage', 'openai', openai(1, { ...chat(), usage: undefined }), 'usage_missing'],
    [
      'Anthropic, errored',
      'anthropic',
      anthropic({ type: 'errored', error: { type: 'error', error: { message: 'SECRET' } } }),
      'failed_without_usage',
    ],
    ['Anthropic, canceled', 'anthropic', anthropic({ type: 'canceled' }), 'failed_without_usage'],
    ['Anthropic, expired', 'anthropic', anthropic({ type: 'expired' }), 'failed_without_usage'],
    ['Gemini', 'google', { key: 'a', error: { code: 3, message: 'SECRET' } }, 'failed_without_usage'],
    [
      'Vertex AI',
      'google',
      { status: 'Bad Request: {}', processed_time: '', request: {}, response: {} },
      'failed_without_usage',
    ],
    [
      'Bedrock',
      'aws',
      { recordId: 'CALL0000001', modelInput: {}, error: { errorCode: 400, errorMessage: 'SECRET' } },
      'failed_without_usage',
    ],
  ])('%s', (_, provider, line, reason) => {
    expect(outcomesOf('batch', provider, lines(line))).toEqual([{ kind: 'skipped', reason }]);
  });
});

test('each line is its own: bad ones are refused by themselves', () => {
  const body = `${lines(openai(1))}{"custom_id": "SECRET\n\n7\r\n${lines(openai(2, { ...chat(2), usage: { prompt_tokens: -1, completion_tokens: 1 } }), openai(3))}`;
  const outcomes = outcomesOf('batch', 'openai', body);
  expect(outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.code : outcome.kind))).toEqual([
    'event',
    'invalid_json',
    'invalid_event',
    'inconsistent_usage',
    'event',
  ]);
  expect(JSON.stringify(outcomes)).not.toContain('SECRET');
});

test('bare responses, one a line, are calls on their own tier', () => {
  const events = eventsOf('batch', 'openai', lines(chat(1), chat(2, { service_tier: 'flex' })));
  expect(events.map(({ dimensions }) => dimensions.service_tier)).toEqual(['default', 'flex']);
  const realtime = {
    type: 'response.done',
    response: {
      id: 'resp_0123456789abcdef',
      usage: { input_tokens: 9, output_tokens: 1, input_token_details: {} },
    },
  };
  const attributes = { model: 'gpt-realtime' };
  expect(metersOf(eventOf('batch', 'openai', lines(realtime), attributes))).toEqual({
    input: 9,
    output: 1,
    request: 1,
  });
});

describe('a call is told by', () => {
  const ids = (provider: string, ...given: object[]) =>
    eventsOf('batch', provider, lines(...given), { model: 'm' }).map(({ id }) => id);

  test('the id of its response', () => {
    expect(ids('openai', openai(1), openai(2))).toEqual([chat(1).id, chat(2).id]);
  });

  test('its line where there is no id, or one that is too short to be unique', () => {
    const record = (recordId: string) => ({ recordId, modelInput: {}, modelOutput: nova });
    const [first, second, again] = ids('aws', record('1'), record('2'), record('1'));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).not.toBe(first);
    expect(again).toBe(first);
    const [short, other] = ids(
      'openai',
      openai(1, chat(1, { id: 'chatcmpl-17' })),
      openai(2, chat(1, { id: 'chatcmpl-17' })),
    );
    expect(short).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(short);
  });

  test('not by what was asked', () => {
    const record = (modelInput: object) => ({ recordId: '1', modelInput, modelOutput: nova });
    const [first, second] = ids('aws', record({ prompt: 'one' }), record({ prompt: 'two' }));
    expect(second).toBe(first);
  });
});

test.each(['id', 'latency_ms', 'prompt_hash', 'cost_usd'])('%s is not for many calls at once', (name) => {
  expect(() => outcomesOf('batch', 'openai', lines(openai(1)), { [name]: '1' })).toThrow(
    expect.objectContaining({ code: 'unexpected_attributes', message: expect.stringMatching(`^${name}: `) }),
  );
});

test('what the request says is said of every line', () => {
  const events = eventsOf('batch', 'openai', lines(openai(1), openai(2)), {
    tenant_id: 'acme',
    environment: 'prod',
  });
  expect(events.map(({ dimensions }) => [dimensions.tenant_id, dimensions.environment])).toEqual([
    ['acme', 'prod'],
    ['acme', 'prod'],
  ]);
});

test('the number of lines is limited', () => {
  const file = (count: number) => lines(...Array.from({ length: count }, (_, n) => openai(n + 1)));
  expect(outcomesOf('batch', 'openai', file(EVENTS_PER_REQUEST))).toHaveLength(EVENTS_PER_REQUEST);
  expect(() => outcomesOf('batch', 'openai', file(EVENTS_PER_REQUEST + 1))).toThrow(
    expect.objectContaining({ code: 'too_many_events' }),
  );
});

test('any order, repetition or cut of a file between lines has the same calls', () => {
  const line = fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((n) => openai(n)),
    fc.integer({ min: 1, max: 9 }).map((n) => ({ recordId: `${n}`, modelOutput: { ...nova, n } })),
    fc.constant(openai(99, chat(99, { id: 'short' }))),
  );
  const callsOf = (files: readonly (readonly object[])[]) => {
    const byId = new Map<string, object>();
    for (const file of files) {
      for (const given of file) {
        const provider = 'recordId' in given ? 'aws' : 'openai';
        for (const event of eventsOf('batch', provider, lines(given), { model: 'm' }))
          byId.set(event.id, metersOf(event));
      }
    }
    return new Map([...byId].sort());
  };
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.nat(20),
      fc.nat(1000),
      (file, at, seed) => {
        const shuffled = file
          .map((each, i) => [(i * 7919 + seed) % 1009, each] as const)
          .sort((a, b) => a[0] - b[0]);
        const twice = [...shuffled.map(([, each]) => each), ...file.slice(0, at)];
        expect(callsOf([twice.slice(0, at), twice.slice(at)])).toEqual(callsOf([file]));
      },
    ),
    { numRuns: 200 },
  );
});

test('any lines have an outcome of the list', () => {
  const known = new Set<string>([...SKIP_REASONS, ...REJECTION_CODES]);
  const field = fc.constantFrom(
    'custom_id',
    'key',
    'recordId',
    'request',
    'response',
    'result',
    'modelOutput',
    'error',
    'type',
    'body',
    'usage',
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('succeeded', null, 5, { prompt_tokens: 1, completion_tokens: 2 }),
      fc.dictionary(field, tie('any'), { maxKeys: 4 }),
      fc.array(tie('any'), { maxLength: 2 }),
    ),
  })).any;
  let counted = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('openai', 'anthropic', 'google', 'aws'),
      fc.array(value, { maxLength: 5 }),
      (provider, given) => {
        for (const outcome of outcomesOf('batch', provider, lines(...given), { model: 'm' })) {
          if (outcome.kind === 'event') counted += 1;
          else expect(known).toContain(outcome.kind === 'skipped' ? outcome.reason : outcome.code);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(counted).toBeGreaterThan(10);
});
