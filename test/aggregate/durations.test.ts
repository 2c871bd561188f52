import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import { seriesOf } from '../support/series.ts';
import { callOf, newAggregate } from './given.ts';

function durationsOf(latenciesMs: readonly (number | undefined)[]): Map<string, number> {
  const aggregate = newAggregate();
  for (const latencyMs of latenciesMs) aggregate.record(callOf('acme', { event: { latencyMs } }));
  const blocks = aggregate.blocks(NOW_MS, undefined);
  const prefix = 'llm_request_duration_seconds';
  return new Map(
    [...seriesOf(blocks.filter(({ family }) => family === prefix))].map(([name, value]) => [
      name.slice(prefix.length).replace('"openai","gpt-4o"', '').replace('[,', '['),
      value,
    ]),
  );
}

it('is counted up to and including each bound', () => {
  const durations = durationsOf([50, 51, 300_000, 300_001]);
  expect(durations.get('_bucket ["0.05"]')).toBe(1);
  expect(durations.get('_bucket ["0.1"]')).toBe(2);
  expect(durations.get('_bucket ["300.0"]')).toBe(3);
  expect(durations.get('_bucket ["+Inf"]')).toBe(4);
  expect(durations.get('_count []')).toBe(4);
  expect(durations.get('_sum []')).toBeCloseTo(600.102, 9);
});

it('is absent where no sender tells any', () => {
  expect(durationsOf([undefined])).toEqual(new Map());
});

it('every bucket holds the calls that took no longer', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400_000), { minLength: 1 }), (latenciesMs) => {
      for (const [name, value] of durationsOf(latenciesMs)) {
        const bound = /"(.*)"/.exec(name)?.[1];
        if (bound === undefined) continue;
        const boundMs = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1000;
        expect(value, name).toBe(latenciesMs.filter((latencyMs) => latencyMs <= boundMs).length);
      }
    }),
  );
});
