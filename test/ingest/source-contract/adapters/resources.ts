import { type Call, type ContractSource, jsonRequest, PRICES, type Totals } from '../contract.ts';
import { add } from '../totals.ts';

const PATH = '/v1/resources';
/** Nano-USD of a core-second at the rate of the settings. */
const CORE_SECOND = 1_000_000;

/** The call's output tokens as core-seconds. */
function eventOf({ id, atMs, provider, model, output, tenant }: Call) {
  return {
    id,
    timestamp: atMs,
    resource: 'cpu',
    quantity: output,
    unit: 'core_seconds',
    provider,
    sku: model,
    tenant_id: tenant,
  };
}

function totals(calls: readonly Call[]): Totals {
  const costNanoUsd = new Map<string, number>();
  for (const { provider, model, tenant, output } of new Map(calls.map((call) => [call.id, call])).values()) {
    if (model in PRICES) add(costNanoUsd, `${provider} ${model} ${tenant} `, output * CORE_SECOND);
  }
  return { tokens: new Map(), costNanoUsd: new Map([...costNanoUsd].sort()), requests: new Map() };
}

export const resources: ContractSource = {
  name: 'resources',
  id: 'resources',
  encode: (calls) => [jsonRequest(PATH, calls.map(eventOf))],
  withoutUsage: {
    encode: (call) => jsonRequest(PATH, [{ ...eventOf(call), quantity: undefined }]),
    reason: 'invalid_event',
  },
  totals,
  cannot: {
    requests: 'the use of a resource is no call',
    'unpriced requests': 'the use of a resource is no call',
    content: 'there is no field for it, and unknown fields are refused',
  },
};
