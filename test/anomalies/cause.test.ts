import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CauseEvidence, causeOf } from '../../exporter/anomalies/index.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { STATUSES } from '../../exporter/domain/usage-event.ts';
import { totalOf } from './given.ts';

interface Case {
  readonly name: string;
  readonly usual: readonly LedgerTotal[];
  readonly totals: readonly LedgerTotal[];
  readonly usualWindows?: number;
  readonly cause: ReturnType<typeof causeOf> | undefined;
}

const cost = (nanoUsd: number) => ({ input: [nanoUsd, nanoUsd] as const });
const of = (dimensions: Parameters<typeof totalOf>[0], nanoUsd: number) => totalOf(dimensions, cost(nanoUsd));
const failed = (calls: number, nanoUsd: number) =>
  totalOf({ status: 'error' }, { request: [calls, 0], input: [nanoUsd, nanoUsd] });
const fine = (calls: number, nanoUsd: number) =>
  totalOf({}, { request: [calls, 0], input: [nanoUsd, nanoUsd] });
const cached = (model: string, input: number, read: number) =>
  totalOf({ model }, { input: [input, 10 * input], cache_read: [read, read] });

const CASES: readonly Case[] = [
  {
    name: 'a new model',
    usual: [of({ model: 'a' }, 1000)],
    totals: [of({ model: 'a' }, 1000), of({ model: 'b' }, 500)],
    cause: { kind: 'model', value: 'b', nanoUsd: 500, shareRatio: 1 },
  },
  {
    name: 'a dearer model in the place of another: its own excess is more than all',
    usual: [of({ model: 'a' }, 1000)],
    totals: [of({ model: 'b' }, 4000)],
    cause: { kind: 'model', value: 'b', nanoUsd: 3000, shareRatio: 1 },
  },
  {
    name: 'a tenant, of the average of three windows',
    usual: [of({ tenant_id: 'big' }, 2700), of({ tenant_id: 'small' }, 300)],
    usualWindows: 3,
    totals: [of({ tenant_id: 'big' }, 1000), of({ tenant_id: 'small' }, 500)],
    cause: { kind: 'tenant', value: 'small', nanoUsd: 400, shareRatio: 0.8 },
  },
  {
    name: 'a feature, the narrowest of what grew',
    usual: [
      of({ tenant_id: 'a', feature: 'chat' }, 500),
      of({ tenant_id: 'a', feature: 'search' }, 100),
      of({ tenant_id: 'b', feature: 'chat' }, 400),
    ],
    totals: [
      of({ tenant_id: 'a', feature: 'chat' }, 500),
      of({ tenant_id: 'a', feature: 'search' }, 900),
      of({ tenant_id: 'b', feature: 'chat' }, 400),
    ],
    cause: { kind: 'feature', value: 'search', nanoUsd: 800, shareRatio: 1 },
  },
  {
    name: 'the only one there is tells nothing',
    usual: [of({}, 1000)],
    totals: [of({}, 3000)],
    cause: undefined,
  },
  {
    name: 'all grew alike',
    usual: [of({ model: 'a' }, 900), of({ model: 'b' }, 100)],
    totals: [of({ model: 'a' }, 1800), of({ model: 'b' }, 200)],
    cause: undefined,
  },
  {
    name: 'nearly alike: 70 % of the excess of what usually is 60 %',
    usual: [of({ model: 'a' }, 600), of({ model: 'b' }, 400)],
    totals: [of({ model: 'a' }, 1300), of({ model: 'b' }, 700)],
    cause: undefined,
  },
  {
    name: 'what is not given is no cause',
    usual: [of({ team: 'x' }, 100)],
    totals: [of({ team: 'x' }, 100), of({ team: '' }, 900)],
    cause: undefined,
  },
  {
    name: 'a price, with the same quantities',
    usual: [totalOf({}, { input: [1000, 1000], output: [100, 500] })],
    totals: [totalOf({}, { input: [1000, 1000], output: [100, 1000] })],
    cause: { kind: 'price_change', value: 'gpt-4o', nanoUsd: 500, shareRatio: 1 },
  },
  {
    name: 'a price, with a little more volume: 110 × 5 of 700',
    usual: [totalOf({}, { input: [1000, 1000], output: [100, 500] })],
    totals: [totalOf({}, { input: [1100, 1100], output: [110, 1100] })],
    cause: { kind: 'price_change', value: 'gpt-4o', nanoUsd: 550, shareRatio: 550 / 700 },
  },
  {
    name: 'more volume at a little more is no price change',
    usual: [totalOf({}, { input: [1000, 1000] })],
    totals: [totalOf({}, { input: [3000, 3300] })],
    cause: undefined,
  },
  {
    name: 'dearer calls by what their sender reported have no price',
    usual: [totalOf({}, { input: [1000, 0], request: [10, 100] })],
    totals: [totalOf({}, { input: [5000, 0], request: [10, 500] })],
    cause: undefined,
  },
  {
    name: 'retries',
    usual: [fine(10, 1000), failed(1, 50)],
    totals: [fine(10, 1000), failed(20, 1000)],
    cause: { kind: 'retry_storm', value: 'gpt-4o', nanoUsd: 950, shareRatio: 1 },
  },
  {
    name: 'as many failures among more calls are no storm',
    usual: [fine(10, 100), failed(10, 900)],
    totals: [fine(20, 200), failed(20, 1800)],
    cause: undefined,
  },
  {
    name: 'where two of five calls fail as a rule, one of two is no storm',
    usual: [fine(6, 100), failed(4, 900)],
    totals: [fine(10, 200), failed(10, 2200)],
    cause: undefined,
  },
  {
    name: 'fewer cache hits: 1000 prompt tokens cost 2800 at the former share',
    usual: [cached('a', 200, 800)],
    totals: [cached('a', 700, 300)],
    cause: { kind: 'cache_hit_drop', value: 'a', nanoUsd: 4500, shareRatio: 1 },
  },
  {
    name: 'fewer cache hits of one model are not called the model',
    usual: [cached('a', 200, 800), cached('b', 100, 900)],
    totals: [cached('a', 200, 800), cached('b', 600, 400)],
    cause: { kind: 'cache_hit_drop', value: 'b', nanoUsd: 4500, shareRatio: 1 },
  },
  {
    name: 'twice the volume with a few hits less is the model',
    usual: [cached('a', 200, 800), cached('b', 200, 800)],
    totals: [cached('a', 200, 800), cached('b', 1300, 2700)],
    cause: { kind: 'model', value: 'b', nanoUsd: 12_900, shareRatio: 1 },
  },
  {
    name: 'usage without a price plays no part',
    usual: [of({ model: 'a' }, 100)],
    totals: [of({ model: 'a' }, 100), totalOf({ model: 'b' }, cost(900), 'unknown_model')],
    cause: undefined,
  },
  { name: 'less than usual has no cause', usual: [of({}, 100)], totals: [], cause: undefined },
  { name: 'nothing to compare with', usual: [], usualWindows: 0, totals: [of({}, 9)], cause: undefined },
];

describe('the first cause', () => {
  test.each(CASES)('$name', ({ totals, usual, usualWindows = 1, cause }) => {
    expect(causeOf({ totals, usual, usualWindows })).toEqual(cause);
  });
});

const anyTotal = fc
  .record({
    model: fc.constantFrom('a', 'b'),
    tenant_id: fc.constantFrom('', 't', 'u'),
    feature: fc.constantFrom('', 'f'),
    status: fc.constantFrom(...STATUSES),
    quantities: fc.array(fc.nat(1e6), { minLength: 4, maxLength: 4 }),
    costs: fc.array(fc.nat(1e12), { minLength: 4, maxLength: 4 }),
    reason: fc.constantFrom('', 'unknown_model' as const),
  })
  .map(({ quantities: q, costs: c, reason, ...dimensions }) =>
    totalOf(
      dimensions,
      {
        input: [q[0]!, c[0]!],
        cache_read: [q[1]!, c[1]!],
        output: [q[2]!, c[2]!],
        request: [q[3]!, c[3]!],
      },
      reason,
    ),
  );
const anyEvidence: fc.Arbitrary<CauseEvidence> = fc.record({
  totals: fc.array(anyTotal, { maxLength: 6 }),
  usual: fc.array(anyTotal, { maxLength: 6 }),
  usualWindows: fc.integer({ min: 1, max: 3 }),
});

test('a cause explains at least half of the excess and never more than all of it', () => {
  let found = 0;
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      const cause = causeOf(evidence);
      if (!cause) return;
      found++;
      const sum = (totals: readonly LedgerTotal[]) =>
        totals
          .filter(({ unpricedReason }) => unpricedReason === '')
          .flatMap(({ costs }) => costs)
          .reduce((all, one) => all + one, 0);
      const excess = sum(evidence.totals) - sum(evidence.usual) / evidence.usualWindows;
      expect(cause.nanoUsd).toBeLessThanOrEqual(Math.ceil(excess));
      expect(cause.shareRatio).toBeGreaterThanOrEqual(0.5);
      expect(cause.shareRatio).toBeLessThanOrEqual(1);
      expect(cause.nanoUsd).toBeCloseTo(cause.shareRatio * excess, -1);
    }),
  );
  expect(found).toBeGreaterThan(10);
});
