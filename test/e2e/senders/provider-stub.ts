import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** 1,000 input tokens of which 600 were cached, 200 output tokens of which 50 are reasoning. */
const CHAT_USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 200,
  total_tokens: 1200,
  prompt_tokens_details: { cached_tokens: 600 },
  completion_tokens_details: { reasoning_tokens: 50 },
};
const RESPONSE_USAGE = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 600 },
  output_tokens: 200,
  output_tokens_details: { reasoning_tokens: 50 },
  total_tokens: 1200,
};
const MODEL = 'gpt-4o-2024-08-06';

/**
 * OpenAI's API as far as the clients in the tests use it: chat completions (plain and streamed) and responses, in the
 * documented shape, every call with the same usage. The caller closes it.
 */
export async function startProviderStub(): Promise<{ readonly url: string; close(): Promise<void> }> {
  let calls = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return sendJson(response, {});
    calls += 1;
    const body = JSON.parse(await textOf(request)) as { stream?: boolean };
    const id = String(calls).padStart(24, '0');
    if (request.url?.endsWith('/responses')) sendJson(response, modelResponse(id));
    else if (body.stream) sendStream(response, id);
    else sendJson(response, completion(id));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
}

function sendStream(response: ServerResponse, id: string): void {
  const chunk = {
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: MODEL,
  };
  const delta = { index: 0, delta: { role: 'assistant', content: 'Hello' }, finish_reason: null };
  const chunks = [
    { ...chunk, choices: [delta], usage: null },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
    { ...chunk, choices: [], usage: CHAT_USAGE },
  ];
  response.setHeader('Content-Type', 'text/event-stream');
  for (const each of chunks) response.write(`data: ${JSON.stringify(each)}\n\n`);
  response.end('data: [DONE]\n\n');
}

function completion(id: string): object {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1_790_000_000,
    model: MODEL,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: CHAT_USAGE,
  };
}

function modelResponse(id: string): object {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    model: MODEL,
    output: [
      {
        type: 'message',
        id: `msg_${id}`,
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
    ],
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: RESPONSE_USAGE,
  };
}
