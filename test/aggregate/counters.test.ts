import { describe, expect, it } from 'vitest';
import type { Charge } from '../../exporter/domain/charge.ts';
import { STATUSES } from '../../exporter/domain/usage-event.ts';
import { NOW_MS } from '../support/charges.ts';
import { familyOf } from '../support/series.ts';
import { callOf, INPUT_NANO_USD, newAggregate, OUTPUT_NANO_USD } from './given.ts';

function seriesAfter(family: string, charges: readonly Charge[]): Map<string, number> {
  const aggregate = newAggregate();
  for (const charge of charges) aggregate.record(charge);
  return familyOf(aggregate.blocks(NOW_MS, undefined), family);
}

const savedBy = (
  charge: Charge,
  saved: { savedByCacheNanoUsd?: number; savedByTierNanoUsd?: number },
): Charge => (charge.price.kind === 'priced' ? { ...charge, price: { ...charge.price, ...saved } } : charge);

describe('tokens and cost', () => {
  it('are by token type; what counts no tokens has none', () => {
    const charges = [
      callOf('acme', { quantities: { input: 1000, cache_read: 2000, output: 0, web_search: 3 } }),
    ];
    expect(seriesAfter('llm_tokens_total', charges)).toEqual(
      new Map([
        ['openai,gpt-4o,acme,,,,input', 1000],
        ['openai,gpt-4o,acme,,,,cache_read', 2000],
      ]),
    );
    expect(seriesAfter('llm_cost_total', charges)).toEqual(
      new Map([
        ['openai,gpt-4o,acme,,,,api_external,input', 2_500_000],
        ['openai,gpt-4o,acme,,,,api_external,cache_read', 2_500_000],
        ['openai,gpt-4o,acme,,,,api_external,', 3000],
      ]),
    );
  });

  it('of calls without a price are in the tokens and not in the cost', () => {
    const charges = [
      callOf('acme', { unpriced: 'unknown_model' }),
      callOf('acme', { unpriced: 'unknown_meter' }),
    ];
    expect(seriesAfter('llm_cost_total', charges)).toEqual(new Map());
    expect(seriesAfter('llm_tokens_total', charges).get('openai,gpt-4o,acme,,,,input')).toBe(2000);
    expect(seriesAfter('llm_unpriced_tokens_total', charges)).toEqual(
      new Map([
        ['openai,gpt-4o,unknown_model', 1100],
        ['openai,gpt-4o,unknown_meter', 1100],
      ]),
    );
    expect(seriesAfter('llm_unpriced_requests_total', charges)).toEqual(
      new Map([
        ['openai,gpt-4o,unknown_model', 1],
        ['openai,gpt-4o,unknown_meter', 1],
      ]),
    );
  });

  it('of a free model are known to be 0', () => {
    const free = callOf('acme');
    const costs = free.event.quantities.map(() => 0);
    const charge: Charge =
      free.price.kind === 'priced' ? { ...free, price: { ...free.price, costs, costNanoUsd: 0 } } : free;
    expect([...seriesAfter('llm_cost_total', [charge]).values()]).toEqual([0, 0]);
    expect([...seriesAfter('llm_cost_month_to_date_usd', [charge]).values()]).toEqual([0]);
  });
});

describe('requests', () => {
  it('are by status, as many as an event says', () => {
    const charges = [
      ...STATUSES.map((status) => callOf('acme', { dimensions: { status } })),
      callOf('acme', { quantities: { request: 7 } }),
    ];
    expect(seriesAfter('llm_requests_total', charges)).toEqual(
      new Map(STATUSES.map((status) => [`openai,gpt-4o,acme,,,,${status}`, status === 'success' ? 8 : 1])),
    );
  });

  it('are calls: GPU time is none', () => {
    const gpu = callOf('acme', {
      dimensions: { category: 'gpu_compute' },
      quantities: { request: 0, gpu_second: 9 },
    });
    expect(seriesAfter('llm_requests_total', [gpu])).toEqual(new Map());
  });
});

describe('savings', () => {
  it('are by what saved them; nothing saved is no series', () => {
    const charges = [
      savedBy(callOf('acme'), { savedByCacheNanoUsd: 5 }),
      savedBy(callOf('acme'), { savedByCacheNanoUsd: 2, savedByTierNanoUsd: 3 }),
      callOf('globex'),
    ];
    expect(seriesAfter('llm_cost_savings_total', charges)).toEqual(
      new Map([
        ['acme,openai,gpt-4o,prompt_cache', 7],
        ['acme,openai,gpt-4o,service_tier', 3],
      ]),
    );
  });
});

describe('what senders say', () => {
  it('is beside what we make of the same calls, and of no others', () => {
    const charges = [
      callOf('acme', { event: { reportedCostNanoUsd: 7_000_000 } }),
      callOf('globex', { event: { reportedCostNanoUsd: 0 } }),
      callOf('acme'),
      callOf('acme', { event: { reportedCostNanoUsd: 9 }, unpriced: 'unknown_model' }),
    ];
    expect(seriesAfter('llm_cost_reported_total', charges)).toEqual(new Map([['openai,gpt-4o', 7_000_000]]));
    expect(seriesAfter('llm_cost_computed_total', charges)).toEqual(
      new Map([['openai,gpt-4o', 2 * (INPUT_NANO_USD + OUTPUT_NANO_USD)]]),
    );
  });
});

describe('waste', () => {
  it('is the cost of calls without a usable answer, by their status', () => {
    const charges = [
      ...STATUSES.map((status) => callOf('acme', { dimensions: { status } })),
      callOf('acme', { dimensions: { status: 'error' } }),
      callOf('acme', { dimensions: { status: 'error' }, unpriced: 'unknown_model' }),
    ];
    const call = INPUT_NANO_USD + OUTPUT_NANO_USD;
    expect(seriesAfter('llm_cost_wasted_total', charges)).toEqual(
      new Map([
        ['acme,openai,gpt-4o,error', 2 * call],
        ['acme,openai,gpt-4o,timeout', call],
        ['acme,openai,gpt-4o,cancelled', call],
        ['acme,openai,gpt-4o,truncated', call],
      ]),
    );
  });
});
