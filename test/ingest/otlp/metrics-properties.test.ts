import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  RunningTotals,
  type Step,
  settle,
} from '../../../exporter/ingest/otlp/metrics/metrics-running-totals.ts';
import { DELTA, type GivenPoint, metricsApp } from './metrics-given.ts';

let models = 0;

/** One export of one sender: a total with its parts, on either side. */
const exported = fc.record({
  time: fc.integer({ min: 1, max: 500 }),
  input: fc.integer({ min: 1, max: 1000 }),
  cachedShare: fc.constantFrom(0, 0.3, 1),
  output: fc.nat(1000),
  server: fc.constantFrom('a', 'b'),
});

type Export = typeof exported extends fc.Arbitrary<infer T> ? T : never;

const pointsOf = ({ time, input, cachedShare, output, server }: Export): GivenPoint[][] => {
  const point = (metric: string, value: number): GivenPoint => ({
    metric,
    value,
    temporality: DELTA,
    start: time - 1,
    time,
    attributes: { 'server.address': server },
  });
  const cached = Math.floor(input * cachedShare);
  return [
    [point('input_tokens', input), ...(cached > 0 ? [point('cache_read.input_tokens', cached)] : [])],
    ...(output > 0 ? [[point('output_tokens', output)]] : []),
  ];
};

test('any order, duplication and batching of delta points gives the same totals', async () => {
  const given = await metricsApp();
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(exported, {
        minLength: 1,
        maxLength: 6,
        selector: ({ time, server }) => `${time} ${server}`,
      }),
      fc.infiniteStream(fc.nat()),
      async (exports, choices) => {
        const units = exports.flatMap(pointsOf);
        const choose = (below: number) => choices.next().value! % below;
        const sent = [...units, ...units.filter(() => choose(3) === 0)]
          .map((unit) => ({ unit, at: choose(1_000_000) }))
          .sort((one, other) => one.at - other.at)
          .map(({ unit }) => unit);
        models += 1;
        const model = `model-${models}`;
        while (sent.length > 0) await given.send(model, ...sent.splice(0, 1 + choose(4)).flat());

        const cached = (of: Export) => Math.floor(of.input * of.cachedShare);
        const sum = (amount: (of: Export) => number) => exports.reduce((total, of) => total + amount(of), 0);
        const expected = {
          input: sum((of) => of.input - cached(of)),
          cache_read: sum(cached),
          output: sum((of) => of.output),
        };
        expect(await given.tokens(model)).toEqual(
          Object.fromEntries(Object.entries(expected).filter(([, value]) => value > 0)),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('points of one export that a collector tears apart never count twice', async () => {
  const given = await metricsApp();
  await fc.assert(
    fc.asyncProperty(exported, fc.boolean(), async (of, isPartFirst) => {
      models += 1;
      const model = `model-${models}`;
      const points = pointsOf(of)[0]!;
      for (const point of isPartFirst ? points.toReversed() : points) await given.send(model, point);
      expect(await given.tokens(model)).toEqual({ input: of.input });
    }),
    { numRuns: 10 },
  );
});

/** An export of a running total: how often it is sent, which of the requests are stored, and how long each takes. */
const attempts = fc.array(fc.record({ isStored: fc.boolean(), isSlow: fc.boolean() }), { maxLength: 3 });
const exportsOfOneCounter = fc.array(fc.record({ added: fc.nat(100), attempts }), { maxLength: 20 });

test('a running total counts what its sender counted, whatever becomes of single requests', () => {
  fc.assert(
    fc.property(exportsOfOneCounter, (exports) => {
      const totals = new RunningTotals(100, 0);
      const ledger = new Map<number, number>();
      const slow: (() => void)[] = [];
      let point = { startNanos: 1e9, timeNanos: 1e9, value: 0 };
      for (const { added, attempts } of [
        ...exports,
        { added: 1, attempts: [{ isStored: true, isSlow: false }] },
      ]) {
        point = { ...point, timeNanos: point.timeNanos + 1e9, value: point.value + added };
        const earlier = slow.splice(0);
        for (const { isStored, isSlow } of attempts) {
          const step = totals.advance('series', point, point.timeNanos);
          if (typeof step === 'string') throw new Error(`expected a step, got ${step}`);
          const finish = () => {
            if (isStored && !ledger.has(step.timeNanos)) ledger.set(step.timeNanos, step.amount);
            settle(step, isStored);
          };
          if (isSlow) slow.push(finish);
          else finish();
        }
        // They end while later points are being stored, or after them.
        for (const finish of earlier) finish();
      }
      for (const finish of slow) finish();
      const next = { ...point, timeNanos: point.timeNanos + 1e9 };
      const last = totals.advance('series', next, next.timeNanos) as Step;
      const counted = [...ledger.values()].reduce((sum, amount) => sum + amount, last.amount);
      expect(counted).toBe(point.value);
    }),
    { numRuns: 1000 },
  );
});

test('forgotten series never count twice', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ series: fc.nat(5), added: fc.nat(50) }), { maxLength: 60 }), (moves) => {
      const totals = new RunningTotals(3, 0);
      const values = new Map<number, number>();
      const counted = new Map<number, number>();
      moves.forEach(({ series, added }, index) => {
        const value = (values.get(series) ?? 0) + added;
        values.set(series, value);
        const point = { startNanos: (series + 1) * 1e9, timeNanos: (100 + index) * 1e9, value };
        const step = totals.advance(`${series}`, point, point.timeNanos);
        if (typeof step === 'object') counted.set(series, (counted.get(series) ?? 0) + step.amount);
      });
      for (const [series, amount] of counted) expect(amount).toBeLessThanOrEqual(values.get(series)!);
    }),
  );
});
