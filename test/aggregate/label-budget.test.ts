import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../exporter/aggregate/index.ts';
import type { Charge } from '../../exporter/domain/charge.ts';
import { TOKEN_METER_COUNT, TOKEN_TYPES } from '../../exporter/domain/meters.ts';
import { contains } from '../../exporter/domain/period.ts';
import { USAGE_LABELS } from '../../exporter/domain/usage-event.ts';
import { NOW_MS } from '../support/charges.ts';
import { randomCharges, totalsOf } from '../support/random-charges.ts';
import { familyOf, seriesOf, sorted } from '../support/series.ts';
import { callOf, INPUT_NANO_USD, MONTH, newAggregate, OUTPUT_NANO_USD } from './given.ts';

const OTHER = 'other,other,other,other,other,other';

const blocksOf = (aggregate: Aggregate) => aggregate.blocks(NOW_MS, undefined);

describe('beyond the budget', () => {
  it('label sets that came first keep their labels, later ones are summed in "other" of their category', () => {
    const aggregate = newAggregate(2);
    for (const tenant of ['a', 'b', 'c', 'a', 'd']) aggregate.record(callOf(tenant));
    aggregate.record(
      callOf('e', { dimensions: { category: 'gpu_compute' }, quantities: { gpu_second: 60 } }),
    );
    const costs = familyOf(blocksOf(aggregate), 'llm_cost_total');
    expect(costs.get('openai,gpt-4o,a,,,,api_external,input')).toBe(2 * INPUT_NANO_USD);
    expect(costs.get('openai,gpt-4o,b,,,,api_external,input')).toBe(INPUT_NANO_USD);
    expect(costs.get(`${OTHER},api_external,input`)).toBe(2 * INPUT_NANO_USD);
    expect(costs.get(`${OTHER},gpu_compute,`)).toBe(60_000);
    expect([...costs.keys()].filter((labels) => /,(c|d|e),/.test(labels))).toEqual([]);
    expect(aggregate.folded).toBe(3);
  });

  it('every family with usage labels folds', () => {
    const aggregate = newAggregate(1);
    aggregate.record(callOf('a'));
    const foldedCall = {
      dimensions: { model: 'm', status: 'error' },
      quantities: { cache_read: 10 },
    } as const;
    aggregate.record(callOf('b', { ...foldedCall, event: { latencyMs: 10 } }));
    aggregate.record(callOf('b', { ...foldedCall, unpriced: 'unknown_model' }));
    const strangers = [...seriesOf(blocksOf(aggregate)).keys()].filter((name) => /"(b|m)"/.test(name));
    expect(strangers).toEqual([]);
  });

  it('a tenant that is really called other shares the row and no row comes twice', () => {
    const aggregate = newAggregate(1);
    const other = Object.fromEntries(USAGE_LABELS.map((label) => [label, 'other']));
    aggregate.record(callOf('other', { dimensions: other }));
    aggregate.record(callOf('b'));
    expect(familyOf(blocksOf(aggregate), 'llm_cost_total')).toEqual(
      new Map([
        [`${OTHER},api_external,input`, 2 * INPUT_NANO_USD],
        [`${OTHER},api_external,output`, 2 * OUTPUT_NANO_USD],
      ]),
    );
  });

  it('labels that only join to the same text stay apart', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('a\0b', { dimensions: { team: 'c' } }));
    aggregate.record(callOf('a', { dimensions: { team: 'b\0c' } }));
    const costs = familyOf(blocksOf(aggregate), 'llm_cost_total');
    expect(costs.get('openai,gpt-4o,a\0b,c,,,api_external,input')).toBe(INPUT_NANO_USD);
    expect(costs.get('openai,gpt-4o,a,b\0c,,,api_external,input')).toBe(INPUT_NANO_USD);
  });
});

/** What the charges add up to, by labels, where all usage labels of a charge beyond the budget are `other`. */
function expected(charges: readonly Charge[], labelSets: number) {
  const known = new Set<string>();
  const costs = new Map<string, bigint>();
  const tokens = new Map<string, bigint>();
  let folded = 0;
  const add = (sums: Map<string, bigint>, key: string, amount: number) =>
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount));
  for (const { event, price } of charges) {
    const { dimensions, quantities } = event;
    let labels = USAGE_LABELS.map((label) => dimensions[label]).join(',');
    const key = `${labels},${dimensions.category}`;
    if (!known.has(key) && known.size >= labelSets) {
      labels = OTHER;
      folded += 1;
    } else known.add(key);
    for (let meter = 0; meter < quantities.length; meter++) {
      const type = TOKEN_TYPES[meter]!;
      if (meter < TOKEN_METER_COUNT && quantities[meter] !== 0)
        add(tokens, `${labels},${type}`, quantities[meter]!);
      if (price.kind === 'priced' && price.costs[meter] !== 0)
        add(costs, `${labels},${dimensions.category},${type}`, price.costs[meter]!);
    }
  }
  return { costs, tokens, folded };
}

const exactly = (series: ReadonlyMap<string, number>) =>
  new Map([...series].filter(([, value]) => value !== 0).map(([labels, value]) => [labels, BigInt(value)]));

it('is exact: every series, `other` too, is the sum of its charges, whatever the limit', () => {
  fc.assert(
    fc.property(randomCharges({ maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (charges, labelSets) => {
      const aggregate = newAggregate(labelSets);
      for (const charge of charges) aggregate.record(charge);
      const { costs, tokens, folded } = expected(charges, labelSets);
      const blocks = blocksOf(aggregate);
      expect(sorted(exactly(familyOf(blocks, 'llm_cost_total')))).toEqual(sorted(costs));
      expect(sorted(exactly(familyOf(blocks, 'llm_tokens_total')))).toEqual(sorted(tokens));
      expect(aggregate.folded).toBe(folded);
    }),
    { numRuns: 200 },
  );
});

it('is the same after a restart: no series comes, goes or changes', () => {
  const lasting = (aggregate: Aggregate) =>
    sorted(seriesOf(blocksOf(aggregate))).filter(([name]) => !/^llm_(request_duration|cost_rate)/.test(name));
  fc.assert(
    fc.property(
      randomCharges({ maxLength: 60 }),
      randomCharges({ maxLength: 10 }),
      fc.integer({ min: 1, max: 12 }),
      (charges, more, labelSets) => {
        const running = newAggregate(labelSets);
        for (const charge of charges) running.record(charge);
        const restarted = newAggregate(labelSets);
        restarted.restore(totalsOf(charges));
        const ofTheMonth = charges.filter(({ event }) => contains(MONTH, event.timestampMs));
        restarted.loadMonth(MONTH, totalsOf(ofTheMonth));
        expect(lasting(restarted)).toEqual(lasting(running));
        for (const aggregate of [running, restarted]) for (const charge of more) aggregate.record(charge);
        expect(lasting(restarted)).toEqual(lasting(running));
      },
    ),
    { numRuns: 200 },
  );
});
