import { type Call, PROMPT } from '../contract.ts';

/** The calls of each provider and tenant, who are named beside the body. */
export function byOwner(calls: readonly Call[]): readonly (readonly Call[])[] {
  return Object.values(Object.groupBy(calls, ({ provider, tenant }) => `${provider} ${tenant}`)) as Call[][];
}

export function pathOf({ provider }: Call): string {
  return `/v1/usage/${provider}`;
}

export function tenantHeader({ tenant }: Call): Readonly<Record<string, string>> {
  return { 'X-LLM-Tenant-Id': tenant };
}

/** What the provider answers. Reasoning of Anthropic's is not told apart; the calls have none. */
export function responseOf(call: Call): object {
  return call.provider === 'openai' ? chatOf(call) : messageOf(call);
}

function chatOf(call: Call): object {
  return {
    id: call.id,
    object: 'chat.completion',
    created: call.atMs / 1000,
    model: call.model,
    choices: [{ index: 0, message: { role: 'assistant', content: PROMPT }, finish_reason: 'stop' }],
    usage: chatUsageOf(call),
  };
}

export function chatUsageOf({ input, cacheRead, output, reasoning }: Call) {
  return {
    prompt_tokens: input + cacheRead,
    completion_tokens: output + reasoning,
    total_tokens: input + cacheRead + output + reasoning,
    prompt_tokens_details: { cached_tokens: cacheRead },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function messageOf({ id, model, input, cacheRead, output }: Call): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: PROMPT }],
    stop_reason: 'end_turn',
    usage: {
      input_tokens: input,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: 0,
      output_tokens: output,
    },
  };
}
