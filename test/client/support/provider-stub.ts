import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the stub received, for looking at what was sent to the provider. */
export interface StubbedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { stream?: boolean; stream_options?: { include_usage?: boolean }; [field: string]: unknown };
}

export interface ProviderStub {
  readonly url: string;
  readonly host: string;
  readonly requests: StubbedRequest[];
  /** From now on streams wait after so many events, before the last one if not said, until they are released. */
  hold(events?: number): void;
  release(): void;
  /** Calls that were broken off by the caller. */
  readonly aborted: string[];
}

export const SECRET = 'the very secret answer';

let calls = 0;

/** OpenAI chat completions, responses and embeddings, and Anthropic messages, in the documented forms. */
export async function providerStub(): Promise<ProviderStub> {
  const requests: StubbedRequest[] = [];
  const aborted: string[] = [];
  let held: Promise<void> | undefined;
  let heldAfter: number | undefined;
  let release = () => {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url!;
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    requests.push({ path, headers: request.headers, body });
    response.on('close', () => {
      if (!response.writableFinished) aborted.push(path);
    });
    calls += 1;
    const number = String(calls).padStart(24, '0');
    if (path.endsWith('/count_tokens')) return json(response, { input_tokens: 5 });
    if (body.model === 'broken') {
      return json(response, { error: { type: 'invalid_request_error', message: 'no such model' } }, 404);
    }
    if (!body.stream) return json(response, answerTo(path, number));
    const events = eventsOf(path, number, body.stream_options?.include_usage === true);
    await stream(response, events, heldAfter ?? events.length - 1, held);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    aborted,
    release: () => release(),
    hold: (events) => {
      heldAfter = events;
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
  };
}

const seconds = () => Math.floor(Date.now() / 1000);

const CHAT_USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 200,
  total_tokens: 1200,
  prompt_tokens_details: { cached_tokens: 600, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 50, audio_tokens: 0 },
};
const RESPONSES_USAGE = {
  input_tokens: 2000,
  input_tokens_details: { cached_tokens: 500 },
  output_tokens: 300,
  output_tokens_details: { reasoning_tokens: 100 },
  total_tokens: 2300,
};
const MESSAGE_USAGE = {
  input_tokens: 100,
  cache_creation_input_tokens: 3000,
  cache_read_input_tokens: 6000,
  cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
  output_tokens: 500,
  service_tier: 'standard',
};

function responsesBody(number: string, usage: object | null, status: string) {
  return {
    id: `resp_${number}`,
    object: 'response',
    created_at: seconds(),
    model: 'gpt-4.1',
    status,
    service_tier: 'default',
    output: [
      {
        id: `msg_${number}`,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: SECRET, annotations: [] }],
      },
    ],
    usage,
  };
}

function messageBody(number: string, content: object[], usage: object, stop_reason: string | null) {
  return {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content,
    stop_reason,
    stop_sequence: null,
    usage,
  };
}

function answerTo(path: string, number: string): object {
  if (path.endsWith('/messages')) {
    return messageBody(number, [{ type: 'text', text: SECRET }], MESSAGE_USAGE, 'end_turn');
  }
  if (path.includes('/responses')) return responsesBody(number, RESPONSES_USAGE, 'completed');
  if (path.endsWith('/embeddings')) {
    return {
      object: 'list',
      model: 'text-embedding-3-small',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
      usage: { prompt_tokens: 77, total_tokens: 77 },
    };
  }
  return {
    id: `chatcmpl-${number}`,
    object: 'chat.completion',
    created: seconds(),
    model: 'gpt-4o-2024-08-06',
    choices: [
      { index: 0, message: { role: 'assistant', content: SECRET }, finish_reason: 'stop', logprobs: null },
    ],
    usage: CHAT_USAGE,
    service_tier: 'default',
  };
}

/** The last one comes after the hold. */
function eventsOf(path: string, number: string, includeUsage: boolean): string[] {
  if (path.endsWith('/messages')) {
    const { output_tokens: _, ...input } = MESSAGE_USAGE;
    return [
      { type: 'message_start', message: messageBody(number, [], { ...input, output_tokens: 1 }, null) },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      ...SECRET.split(' ').map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: `${text} ` },
      })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'max_tokens', stop_sequence: null },
        usage: { output_tokens: 500 },
      },
      { type: 'message_stop' },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  if (path.endsWith('/responses')) {
    const [first, last] = [
      responsesBody(number, null, 'in_progress'),
      responsesBody(number, RESPONSES_USAGE, 'completed'),
    ];
    return [
      { type: 'response.created', sequence_number: 0, response: { ...first, output: [] } },
      ...SECRET.split(' ').map((delta, at) => ({
        type: 'response.output_text.delta',
        sequence_number: at + 1,
        item_id: `msg_${number}`,
        output_index: 0,
        content_index: 0,
        delta: `${delta} `,
      })),
      { type: 'response.completed', sequence_number: 9, response: last },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  const chunk = (choices: object[], usage?: object | null) => ({
    id: `chatcmpl-${number}`,
    object: 'chat.completion.chunk',
    created: seconds(),
    model: 'gpt-4o-2024-08-06',
    service_tier: 'default',
    choices,
    ...(includeUsage && { usage: usage ?? null }),
  });
  return [
    ...SECRET.split(' ').map((content) =>
      chunk([{ index: 0, delta: { content: `${content} ` }, finish_reason: null }]),
    ),
    chunk([{ index: 0, delta: {}, finish_reason: 'length' }]),
    ...(includeUsage ? [chunk([], CHAT_USAGE)] : []),
    '[DONE]',
  ].map((data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

function json(response: ServerResponse, body: object, status = 200): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-1' })
    .end(JSON.stringify(body));
}

async function stream(
  response: ServerResponse,
  events: readonly string[],
  heldAfter: number,
  held: Promise<void> | undefined,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req-1' });
  response.flushHeaders();
  // In pieces that end anywhere, as on a real wire.
  const text = Buffer.from(events.slice(0, heldAfter).join(''));
  for (let at = 0; at < text.length; at += 100) response.write(text.subarray(at, at + 100));
  await held;
  response.end(events.slice(heldAfter).join(''));
}
