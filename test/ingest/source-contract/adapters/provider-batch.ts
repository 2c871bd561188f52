import { type Call, type ContractSource, linesRequest } from '../contract.ts';
import { totalsOf } from '../totals.ts';
import { byOwner, pathOf, responseOf, tenantHeader } from './provider-bodies.ts';

function lineOf(call: Call, body: object = responseOf(call)): object {
  return call.provider === 'openai'
    ? { id: 'batch_req_1', custom_id: call.id, response: { status_code: 200, body }, error: null }
    : { custom_id: call.id, result: { type: 'succeeded', message: body } };
}

export const providerBatch: ContractSource = {
  name: 'batch results',
  id: 'provider_batch',
  encode: (calls) =>
    byOwner(calls).map((own) =>
      linesRequest(
        pathOf(own[0]!),
        own.map((call) => lineOf(call)),
        tenantHeader(own[0]!),
      ),
    ),
  withoutUsage: {
    encode: (call) =>
      linesRequest(
        pathOf(call),
        [lineOf(call, { ...responseOf(call), usage: undefined })],
        tenantHeader(call),
      ),
    reason: 'usage_missing',
  },
  // Both providers take half for a batch.
  totals: (calls) => totalsOf(calls, 0.5),
  cannot: {},
};
