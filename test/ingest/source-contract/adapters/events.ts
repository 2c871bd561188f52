import { type Call, type ContractSource, jsonRequest } from '../contract.ts';

const PATH = '/v1/usage';

function eventOf({ id, atMs, provider, model, input, cacheRead, output, reasoning, tenant }: Call) {
  return {
    id,
    timestamp: new Date(atMs).toISOString(),
    provider,
    model,
    tenant_id: tenant,
    usage: {
      input_tokens: input + cacheRead,
      cache_read_tokens: cacheRead,
      output_tokens: output + reasoning,
      reasoning_tokens: reasoning,
    },
  };
}

export const events: ContractSource = {
  name: 'usage events',
  id: 'events',
  encode: (calls) => [jsonRequest(PATH, calls.map(eventOf))],
  withoutUsage: {
    encode: (call) => jsonRequest(PATH, { ...eventOf(call), usage: undefined }),
    reason: 'invalid_event',
  },
  cannot: { content: 'there is no field for it, and unknown fields are refused' },
};
