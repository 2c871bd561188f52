import { type ContractSource, jsonRequest } from '../contract.ts';
import { pathOf, responseOf, tenantHeader } from './provider-bodies.ts';

export const providerResponse: ContractSource = {
  name: 'raw responses',
  id: 'provider_response',
  encode: (calls) => calls.map((call) => jsonRequest(pathOf(call), responseOf(call), tenantHeader(call))),
  withoutUsage: {
    encode: (call) =>
      jsonRequest(pathOf(call), { ...responseOf(call), usage: undefined }, tenantHeader(call)),
    reason: 'usage_missing',
  },
  cannot: {},
};
