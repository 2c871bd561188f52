import { describe, expect, test } from 'vitest';
import { isPlainText } from '../../exporter/ingest/text.ts';
import { metersOf, type Payload, payload, RECORDED, read, readBody } from './litellm-payloads.ts';

const CHAT = { input: 200, cache_read: 1000, output: 180, reasoning: 120, request: 1 };
const MESSAGE = {
  input: 100,
  cache_read: 3000,
  cache_write_5m: 50,
  cache_write_1h: 150,
  output: 40,
  request: 1,
};
const skipped = (reason: string) => ({ kind: 'skipped', reason });

describe('what LiteLLM sent', () => {
  test.each<[name: string, provider: string, model: string, operation: string, meters: object]>([
    ['chat', 'openai', 'gpt-5-mini', 'chat', CHAT],
    ['responses', 'openai', 'gpt-5-mini', 'chat', CHAT],
    ['azure', 'azure', 'gpt-4o-2024-08-06', 'chat', CHAT],
    ['anthropic', 'anthropic', 'claude-sonnet-4-5', 'chat', MESSAGE],
    ['anthropic_messages_stream', 'anthropic', 'claude-sonnet-4-5', 'chat', MESSAGE],
    [
      'bedrock',
      'aws',
      'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      'chat',
      { input: 100, cache_read: 3000, cache_write_5m: 200, output: 40, request: 1 },
    ],
    [
      'gemini',
      'google',
      'gemini-2.5-flash',
      'chat',
      { input: 400, cache_read: 600, output: 50, reasoning: 70, request: 1 },
    ],
    ['embedding', 'openai', 'text-embedding-3-small', 'embeddings', { input: 7, request: 1 }],
    [
      'image',
      'openai',
      'gpt-image-1',
      'image_generation',
      { input: 15, input_image: 5, output_image: 400, request: 1 },
    ],
    [
      'transcription',
      'openai',
      'gpt-4o-transcribe',
      'transcription',
      { input: 5, input_audio: 45, output: 10, request: 1 },
    ],
  ])('%s', (name, provider, model, operation, meters) => {
    const [outcome] = read(RECORDED[name]);
    expect(metersOf(outcome)).toEqual(meters);
    expect(outcome).toMatchObject({
      event: { dimensions: { provider, model, operation, status: 'success' } },
    });
  });

  test.each([
    ['stream_without_usage', 'usage_missing'],
    ['chat_without_usage', 'usage_missing'],
    ['rerank', 'usage_missing'],
    ['get_responses', 'not_billed'],
    ['failure', 'failed_without_usage'],
    ['response_cache_hit', 'response_cache'],
  ])('%s is not counted: %s', (name, reason) => {
    expect(read(RECORDED[name])).toEqual([skipped(reason)]);
  });

  test('whose call it was, and what LiteLLM says that it cost', () => {
    expect(read(RECORDED.chat)).toMatchObject([
      {
        event: {
          id: 'chatcmpl-QpR7cX2vLm9TzK4w000030',
          timestampMs: Date.parse('2026-11-21T03:05:02.902Z'),
          latencyMs: 1451,
          reportedCostNanoUsd: 675_000,
          userId: 'cust-9',
          executionId: 'e06b03c8-2130-496b-aaaa-3f7e99dede7a',
          tags: '{"tags":"nightly"}',
          dimensions: {
            tenant_id: 'acme',
            team: 'search',
            project_id: 'ci-key',
            feature: 'answers',
            environment: 'prod',
            service_tier: 'default',
          },
        },
      },
    ]);
  });

  test('the same response has the same id, whichever deployment it is read back from', () => {
    const wrapped = (deployment: string) =>
      `resp_${Buffer.from(`litellm:custom_llm_provider:openai;model_id:${deployment};response_id:resp_68f0c1a2b3d4e5f6`).toString('base64')}`;
    const ids = [wrapped('a'), wrapped('b'), 'resp_68f0c1a2b3d4e5f6'].map((id) => {
      const [outcome] = read({ ...RECORDED.responses, id });
      return outcome?.kind === 'event' && outcome.event.id;
    });
    expect(ids).toEqual(Array(3).fill('resp_68f0c1a2b3d4e5f6'));
  });
});

describe('the ways to send', () => {
  const two = [RECORDED.chat, RECORDED.anthropic];
  test.each([
    ['json_array', JSON.stringify(two), 'application/json'],
    ['ndjson', two.map((one) => JSON.stringify(one)).join('\n'), 'application/x-ndjson'],
    ['ndjson that LiteLLM calls JSON', two.map((one) => JSON.stringify(one)).join('\n'), 'application/json'],
  ])('%s', (_format, body, contentType) => {
    expect(readBody(body, contentType).map(metersOf)).toEqual([CHAT, MESSAGE]);
  });

  test('single', () => {
    expect(readBody(JSON.stringify(RECORDED.chat)).map(metersOf)).toEqual([CHAT]);
  });

  test('what is no payload spoils no other', () => {
    const old = { id: 'x', call_type: 'completion', usage: "{'prompt_tokens': 1}", cost: '0.1' };
    expect(read(null, RECORDED.chat, 7, [], old, { status: 'success' }).map(({ kind }) => kind)).toEqual([
      'rejected',
      'event',
      'rejected',
      'rejected',
      'rejected',
      'skipped',
    ]);
    const lines = readBody(`${JSON.stringify(RECORDED.chat)}\n{"messages": "NaN`, 'application/x-ndjson');
    expect(lines).toMatchObject([{ kind: 'event' }, { kind: 'rejected', code: 'invalid_json' }]);
  });
});

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

describe('the model is what answered, not what it was asked for as', () => {
  test.each<[what: string, fields: Payload, expected: string]>([
    ['dated by the provider', { response: { model: 'gpt-4o-2024-08-06' } }, 'openai gpt-4o-2024-08-06'],
    [
      'an alias of the router',
      { model: 'openai/gpt-5-mini', model_group: 'smart', response: { model: 'smart' } },
      'openai gpt-5-mini',
    ],
    [
      'an alias of an alias',
      { model: 'openai/gpt-5-mini', model_group: 'smart', response: { model: 'cheap' } },
      'openai gpt-5-mini',
    ],
    [
      'an Azure deployment with a base model',
      {
        custom_llm_provider: 'azure',
        model: 'azure/my-deployment',
        model_group: 'gpt-4o',
        response: { model: 'gpt-4o' },
        model_map_information: {
          model_map_key: 'azure/gpt-4o-mini',
          model_map_value: { key: 'azure/gpt-4o-mini' },
        },
      },
      'azure gpt-4o-mini',
    ],
    [
      'an Azure deployment without one',
      {
        custom_llm_provider: 'azure',
        model: 'azure/my-deployment',
        model_group: 'gpt-4o',
        response: { model: 'gpt-4o' },
        model_map_information: null,
      },
      'azure my-deployment',
    ],
    [
      'Bedrock with a route',
      { custom_llm_provider: 'bedrock', model: 'bedrock/converse/amazon.nova-pro-v1:0', response: {} },
      'aws amazon.nova-pro-v1:0',
    ],
    [
      "another vendor's model",
      {
        custom_llm_provider: 'openrouter',
        model: 'openrouter/x',
        response: { model: 'anthropic/claude-sonnet-4.5' },
      },
      'openrouter anthropic/claude-sonnet-4.5',
    ],
    [
      'old completions',
      { custom_llm_provider: 'text-completion-openai', model: 'gpt-3.5-turbo-instruct', response: null },
      'openai gpt-3.5-turbo-instruct',
    ],
    ['a provider called like a property', { custom_llm_provider: 'constructor' }, 'constructor gpt-4o'],
  ])('%s', (_what, fields, expected) => {
    const [outcome] = read(payload(USAGE, fields));
    const named = outcome?.kind === 'event' ? outcome.event.dimensions : { provider: '', model: '' };
    expect(`${named.provider} ${named.model}`).toBe(expected);
  });

  test.each([
    [{ custom_llm_provider: null }, /^custom_llm_provider: /],
    [{ model: '', response: {} }, /^model: /],
  ])('without one it is rejected: %j', (fields, message) => {
    expect(read(payload(USAGE, fields))).toEqual([
      { kind: 'rejected', code: 'invalid_event', message: expect.stringMatching(message) },
    ]);
  });
});

describe('who a call belongs to', () => {
  const key = {
    user_api_key_hash: '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b',
    user_api_key_alias: 'ci-key',
    user_api_key_team_id: 'team-7',
    user_api_key_org_id: 'acme',
    user_api_key_user_id: 'u-1',
  };
  const of = (fields: Payload, metadata: object = key) => {
    const [outcome] = read(payload(undefined, { ...fields, metadata: { ...metadata, usage_object: USAGE } }));
    if (outcome?.kind !== 'event') throw new Error(JSON.stringify(outcome));
    return outcome.event;
  };

  test('the key tells, where the call says nothing', () => {
    const event = of({});
    expect(event.dimensions).toMatchObject({
      tenant_id: 'acme',
      team: 'team-7',
      project_id: 'ci-key',
      feature: '',
    });
    expect(event).toMatchObject({ userId: 'u-1', executionId: 'trace-1', tags: '' });
    expect(JSON.stringify(event)).not.toContain(key.user_api_key_hash);
  });

  test('a tag wins over metadata of the request, that over the key', () => {
    const requester = { tenant_id: 'globex', environment: 'staging', feature: 7 };
    const given = { ...key, requester_metadata: requester };
    expect(of({}, given).dimensions).toMatchObject({
      tenant_id: 'globex',
      environment: 'staging',
      feature: '',
    });
    const request_tags = [
      'tenant:initech',
      'env: prod',
      'feature:a:b',
      'project:x',
      'team:y',
      'feature:second',
    ];
    expect(of({ request_tags }, given).dimensions).toMatchObject({
      tenant_id: 'initech',
      environment: 'prod',
      feature: 'a:b',
      project_id: 'x',
      team: 'y',
    });
  });

  test('the other tags are kept together, as many as fit', () => {
    const request_tags = ['nightly', 'User-Agent: curl', '', 7, 'a:b', 'feature:', 'y'.repeat(256), 'last'];
    expect(of({ request_tags }).tags).toBe('{"tags":"nightly,a:b,feature:,last"}');
    expect(of({ request_tags: 'feature:x' }).dimensions.feature).toBe('');
    expect(of({ request_tags: ['__proto__:x', 'constructor:y'] }).tags).toBe(
      '{"tags":"__proto__:x,constructor:y"}',
    );
  });

  test('an end user wins over the owner of the key; what is too long for an id is its digest', () => {
    expect(of({ end_user: 'cust-9', session_id: 's-1' })).toMatchObject({
      userId: 'cust-9',
      executionId: 's-1',
    });
    const long = of({ id: 'x'.repeat(300), end_user: 'y'.repeat(300) });
    expect([long.id, long.userId].map((text) => text.length)).toEqual([64, 64]);
    expect(isPlainText(long.id)).toBe(true);
  });
});

describe('what the call came to', () => {
  test.each([
    [{ status: 'success', response: { choices: [{ finish_reason: 'length' }] } }, 'truncated'],
    [{ status: 'failure', error_information: { error_class: 'Timeout' } }, 'timeout'],
    [{ status: 'failure', error_information: { error_class: 'APIError' } }, 'error'],
  ])('%j', (fields, status) => {
    expect(read(payload(USAGE, fields))).toMatchObject([{ event: { dimensions: { status } } }]);
  });

  test.each([
    [{ response: { service_tier: 'flex' } }, 'flex'],
    [{ response: {}, cost_breakdown: { service_tier: 'priority' } }, 'priority'],
  ])('the tier that it was served on: %j', (fields, service_tier) => {
    expect(read(payload(USAGE, fields))).toMatchObject([{ event: { dimensions: { service_tier } } }]);
  });

  test('no latency where the clock was set back', () => {
    const [outcome] = read(payload(USAGE, { endTime: 0 }));
    expect(outcome).toMatchObject({ event: { latencyMs: undefined } });
  });

  test.each([
    ['afile_list', 'not_billed'],
    ['acreate_batch', 'not_billed'],
    ['amoderation', 'not_billed'],
    ['call_mcp_tool', 'not_billed'],
    ['avector_store_file_create', 'not_billed'],
    ['aretrieve_batch', 'sum_of_others'],
  ])('%s buys nothing, even with usage in it', (call_type, reason) => {
    expect(read(payload(USAGE, { call_type }))).toEqual([skipped(reason)]);
  });

  test.each([
    ['_arealtime', 'realtime'],
    ['atext_completion', 'text_completion'],
    ['pass_through_endpoint', 'pass_through_endpoint'],
    ['create_interaction', 'create_interaction'],
    ['', ''],
  ])('%s is counted as %s', (call_type, operation) => {
    expect(read(payload(USAGE, { call_type }))).toMatchObject([{ event: { dimensions: { operation } } }]);
  });
});
