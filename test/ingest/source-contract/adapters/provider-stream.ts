import { type Call, type ContractSource, PROMPT, type WireRequest } from '../contract.ts';
import { chatUsageOf, pathOf, tenantHeader } from './provider-bodies.ts';

function transcriptOf(call: Call, withUsage: boolean): WireRequest {
  const events = call.provider === 'openai' ? chunksOf(call, withUsage) : messageEventsOf(call, withUsage);
  return {
    path: pathOf(call),
    headers: { 'Content-Type': 'text/event-stream', ...tenantHeader(call) },
    body: events
      .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      .join(''),
  };
}

function chunksOf(call: Call, withUsage: boolean): readonly unknown[] {
  const chunk = {
    id: call.id,
    object: 'chat.completion.chunk',
    created: call.atMs / 1000,
    model: call.model,
  };
  return [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: PROMPT }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ...(withUsage ? [{ ...chunk, choices: [], usage: chatUsageOf(call) }] : []),
    '[DONE]',
  ];
}

function messageEventsOf(
  { id, model, input, cacheRead, output }: Call,
  withUsage: boolean,
): readonly unknown[] {
  const usage = { input_tokens: input, cache_read_input_tokens: cacheRead, cache_creation_input_tokens: 0 };
  return [
    {
      type: 'message_start',
      message: {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        usage: withUsage ? { ...usage, output_tokens: 1 } : null,
      },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: PROMPT } },
    ...(withUsage
      ? [{ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: output } }]
      : []),
    { type: 'message_stop' },
  ];
}

export const providerStream: ContractSource = {
  name: 'streamed responses',
  id: 'provider_stream',
  encode: (calls) => calls.map((call) => transcriptOf(call, true)),
  withoutUsage: { encode: (call) => transcriptOf(call, false), reason: 'usage_missing' },
  cannot: { refusal: 'any bytes may be the rest of a stream that broke off' },
};
