import { type Call, type ContractSource, jsonRequest, linesRequest, PROMPT } from '../contract.ts';
import { chatUsageOf } from './provider-bodies.ts';

const PATH = '/v1/litellm';

function payloadOf(call: Call, usage: object | undefined): object {
  const message = { role: 'assistant', content: PROMPT };
  return {
    id: call.id,
    trace_id: `trace of ${call.id}`,
    call_type: 'acompletion',
    cache_hit: false,
    status: 'success',
    custom_llm_provider: call.provider,
    startTime: call.atMs / 1000,
    endTime: call.atMs / 1000 + 1.25,
    model: call.model,
    response_cost: 0,
    metadata: { user_api_key_org_id: call.tenant, usage_object: usage },
    request_tags: [],
    messages: [{ role: 'user', content: PROMPT }],
    response: { id: call.id, model: call.model, choices: [{ finish_reason: 'stop', message }], usage },
    error_str: PROMPT,
  };
}

/** LiteLLM writes every provider's usage in the form of OpenAI's. */
const withUsage = (call: Call) => payloadOf(call, chatUsageOf(call));

export const litellm: readonly ContractSource[] = [
  {
    name: 'LiteLLM, an array',
    id: 'litellm',
    encode: (calls) => [jsonRequest(PATH, calls.map(withUsage))],
    withoutUsage: {
      encode: (call) => jsonRequest(PATH, [payloadOf(call, { prompt_tokens: 0, completion_tokens: 0 })]),
      reason: 'usage_missing',
    },
    cannot: {},
  },
  {
    name: 'LiteLLM, one a line',
    id: 'litellm',
    encode: (calls) => [linesRequest(PATH, calls.map(withUsage))],
    withoutUsage: {
      encode: (call) => linesRequest(PATH, [payloadOf(call, undefined)]),
      reason: 'usage_missing',
    },
    cannot: {},
  },
];
