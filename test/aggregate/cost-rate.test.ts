import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Aggregate } from '../../exporter/aggregate/index.ts';
import { NOW_MS } from '../support/charges.ts';
import { familyOf } from '../support/series.ts';
import { callOf, INPUT_NANO_USD, newAggregate, OUTPUT_NANO_USD } from './given.ts';

const MINUTE_MS = 60_000;
const CALL_NANO_USD = INPUT_NANO_USD + OUTPUT_NANO_USD;
const rateAt = (aggregate: Aggregate, nowMs: number) =>
  familyOf(aggregate.blocks(nowMs, undefined), 'llm_cost_rate_usd_per_hour');

it('is by tenant and category, whatever the model', () => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme'));
  aggregate.record(callOf('acme', { dimensions: { model: 'gpt-4o-mini' } }));
  aggregate.record(callOf('globex'));
  expect(rateAt(aggregate, NOW_MS)).toEqual(
    new Map([
      ['acme,api_external', 2 * CALL_NANO_USD],
      ['globex,api_external', CALL_NANO_USD],
    ]),
  );
});

it.each([
  [59, CALL_NANO_USD],
  [60, 0],
  [6000, 0],
])('%d minutes later it is %d, and the series stays', (minutes, expected) => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme'));
  expect(rateAt(aggregate, NOW_MS + minutes * MINUTE_MS)).toEqual(new Map([['acme,api_external', expected]]));
});

it('counts late calls that are still within the hour', () => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme'));
  aggregate.record(callOf('acme', { timestampMs: NOW_MS - 59 * MINUTE_MS }));
  aggregate.record(callOf('acme', { timestampMs: NOW_MS - 60 * MINUTE_MS }));
  expect(rateAt(aggregate, NOW_MS).get('acme,api_external')).toBe(2 * CALL_NANO_USD);
});

it('starts over when the clock has stepped back by an hour or more', () => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme'));
  const earlierMs = NOW_MS - 180 * MINUTE_MS;
  expect(rateAt(aggregate, earlierMs).get('acme,api_external')).toBe(0);
  aggregate.record(callOf('acme', { timestampMs: earlierMs }));
  expect(rateAt(aggregate, earlierMs).get('acme,api_external')).toBe(CALL_NANO_USD);
});

it('has no row for a tenant that had no cost, or none that anyone knows', () => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme', { unpriced: 'unknown_model' }));
  aggregate.record(callOf('globex', { quantities: { input: 0, output: 0 } }));
  aggregate.loadRate([{ dimensions: callOf('initech').event.dimensions, atMs: NOW_MS, costNanoUsd: 0 }]);
  expect(rateAt(aggregate, NOW_MS)).toEqual(new Map());
});

it('is loaded from the ledger by the minute', () => {
  const aggregate = newAggregate();
  const { event } = callOf('acme');
  aggregate.loadRate([
    {
      dimensions: event.dimensions,
      atMs: NOW_MS - 30 * MINUTE_MS,
      costNanoUsd: INPUT_NANO_USD + OUTPUT_NANO_USD,
    },
  ]);
  aggregate.record(callOf('acme'));
  expect(rateAt(aggregate, NOW_MS).get('acme,api_external')).toBe(2 * CALL_NANO_USD);
  expect(rateAt(aggregate, NOW_MS + 30 * MINUTE_MS).get('acme,api_external')).toBe(CALL_NANO_USD);
});

it('is the cost of the last 60 minutes while time goes on and calls come late', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ passed: fc.nat(40 * MINUTE_MS), late: fc.nat(90 * MINUTE_MS), scrape: fc.boolean() }),
      ),
      (steps) => {
        const aggregate = newAggregate();
        const minutes: number[] = [];
        let nowMs = NOW_MS;
        for (const { passed, late, scrape } of steps) {
          nowMs += passed;
          aggregate.record(callOf('acme', { timestampMs: nowMs - late }));
          minutes.push(Math.floor((nowMs - late) / MINUTE_MS));
          if (!scrape) continue;
          const last = Math.floor(nowMs / MINUTE_MS);
          const calls = minutes.filter((minute) => minute > last - 60).length;
          const expected = calls * (INPUT_NANO_USD + OUTPUT_NANO_USD);
          expect(rateAt(aggregate, nowMs).get('acme,api_external')).toBe(expected);
        }
      },
    ),
  );
});
