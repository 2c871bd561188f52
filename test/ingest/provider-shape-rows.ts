import type { Meter } from '../../exporter/domain/meters.ts';

export type Json = Readonly<Record<string, unknown>>;
type Meters = Readonly<Partial<Record<Meter, number>>>;

/** A response in the documented shape of one API of a provider, what it amounts to, and how the provider streams it. */
export interface ProviderShape {
  readonly provider: string;
  readonly api: string;
  readonly body: Json;
  readonly meters: Meters;
  /** Absent where the API does not stream. */
  readonly stream?: string;
}

export const ID = 'call-0123456789abcdef';
export const CREATED = 1_788_256_800;

export const data = (...events: readonly unknown[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
export const named = (...events: readonly Json[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

/** Where a provider of the OpenAI-like API puts the usage of a streamed answer. */
type UsageAt = 'own chunk' | 'last chunk' | 'every chunk' | 'x_groq' | 'choice';

function chat(usage: Json, fields: Json = {}): Json {
  return {
    id: ID,
    object: 'chat.completion',
    created: CREATED,
    model: 'some-model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
    usage,
    ...fields,
  };
}

function chatStream(body: Json, usageAt: UsageAt, comment = ''): string {
  const { usage, choices: _choices, ...rest } = body;
  const chunk = (delta: Json, reason: string | null, fields: Json = {}, choice: Json = {}) => ({
    ...rest,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason, ...choice }],
    ...fields,
  });
  const soFar = { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
  const running = usageAt === 'every chunk' ? soFar : usageAt === 'own chunk' ? { usage: null } : {};
  const last: Readonly<Record<UsageAt, readonly unknown[]>> = {
    'own chunk': [chunk({}, 'stop', { usage: null }), { ...chunk({}, null), choices: [], usage }],
    'last chunk': [chunk({ content: '' }, 'stop', { usage })],
    'every chunk': [chunk({ content: '' }, 'stop', { usage })],
    x_groq: [chunk({}, 'stop', { x_groq: { id: 'req_1', usage } })],
    choice: [chunk({}, 'stop', {}, { usage })],
  };
  return (
    comment +
    data(chunk({ role: 'assistant', content: '' }, null, running)) +
    comment +
    data(chunk({ content: 'Hello ' }, null, running), chunk({ content: 'there' }, null, running)) +
    data(...last[usageAt], '[DONE]')
  );
}

export function chatRow(
  provider: string,
  usage: Json,
  meters: Meters,
  { usageAt = 'own chunk', comment, ...fields }: Json & { usageAt?: UsageAt; comment?: string } = {},
): ProviderShape {
  const body = chat(usage, fields);
  return {
    provider,
    api: 'chat completions',
    body,
    meters: { ...meters, request: 1 },
    stream: chatStream(body, usageAt, comment),
  };
}

export function responsesRow(provider: string, usage: Json, meters: Meters): ProviderShape {
  const body = {
    id: ID,
    object: 'response',
    created_at: CREATED,
    model: 'some-model',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello there' }] }],
    usage,
  };
  const started = { ...body, status: 'in_progress', output: [], usage: null };
  return {
    provider,
    api: 'responses',
    body,
    meters: { ...meters, request: 1 },
    stream: named(
      { type: 'response.created', response: started },
      { type: 'response.in_progress', response: started },
      { type: 'response.output_text.delta', delta: 'Hello ' },
      { type: 'response.output_text.delta', delta: 'there' },
      { type: 'response.completed', response: body },
    ),
  };
}

export const RESPONSES_USAGE = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 600 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 30 },
  total_tokens: 1050,
};
/** Where nothing tells of reasoning. */
export const PLAIN_RESPONSES_METERS = { input: 400, cache_read: 600, output: 50 };
export const RESPONSES_METERS = { input: 400, cache_read: 600, output: 20, reasoning: 30 };

/** With two lifetimes of cache writes, or where a provider has none, without. */
export function messagesRow(provider: string, writesCache = true): ProviderShape {
  const usage = {
    input_tokens: 100,
    cache_read_input_tokens: 6000,
    ...(writesCache && {
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
    }),
    output_tokens: 500,
    service_tier: 'standard',
  };
  const message = { id: ID, type: 'message', role: 'assistant', model: 'some-model', content: [] };
  return {
    provider,
    api: 'messages',
    body: { ...message, content: [{ type: 'text', text: 'Hello there' }], stop_reason: 'end_turn', usage },
    meters: {
      input: 100,
      cache_read: 6000,
      ...(writesCache && { cache_write_5m: 2000, cache_write_1h: 1000 }),
      output: 500,
      request: 1,
    },
    stream: named(
      {
        type: 'message_start',
        message: { ...message, stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello there' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 500 } },
      { type: 'message_stop' },
    ),
  };
}

export function embeddingsRow(provider: string): ProviderShape {
  return {
    provider,
    api: 'embeddings',
    body: {
      object: 'list',
      model: 'some-embedder',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2] }],
      usage: { prompt_tokens: 77, total_tokens: 77 },
    },
    meters: { input: 77, request: 1 },
  };
}

export function realtimeRow(provider: string): ProviderShape {
  return {
    provider,
    api: 'realtime',
    body: {
      type: 'response.done',
      response: {
        id: ID,
        object: 'realtime.response',
        status: 'completed',
        usage: {
          total_tokens: 253,
          input_tokens: 132,
          output_tokens: 121,
          input_token_details: {
            text_tokens: 119,
            audio_tokens: 13,
            cached_tokens: 64,
            cached_tokens_details: { text_tokens: 64, audio_tokens: 0 },
          },
          output_token_details: { text_tokens: 30, audio_tokens: 91 },
        },
      },
    },
    meters: { input: 55, input_audio: 13, cache_read: 64, output: 30, output_audio: 91, request: 1 },
  };
}

/** Counts of an OpenAI-like API, inclusive. */
export const CHAT_USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 50,
  total_tokens: 1050,
  prompt_tokens_details: { cached_tokens: 600 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
export const CHAT_METERS = { input: 400, cache_read: 600, output: 20, reasoning: 30 };
export const AUDIO_USAGE = {
  ...CHAT_USAGE,
  prompt_tokens_details: { cached_tokens: 600, audio_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5 },
};
export const AUDIO_METERS = {
  input: 300,
  input_audio: 100,
  cache_read: 600,
  output: 15,
  output_audio: 5,
  reasoning: 30,
};
export const PLAIN_USAGE = { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 };
