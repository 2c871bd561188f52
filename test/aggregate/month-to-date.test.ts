import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate } from '../../exporter/aggregate/index.ts';
import { monthOf, type Period } from '../../exporter/domain/period.ts';
import { NOW_MS } from '../support/charges.ts';
import { totalsOf } from '../support/random-charges.ts';
import { familyOf } from '../support/series.ts';
import { callOf, INPUT_NANO_USD, OUTPUT_NANO_USD } from './given.ts';

const CALL_NANO_USD = INPUT_NANO_USD + OUTPUT_NANO_USD;
const monthToDate = (aggregate: Aggregate) =>
  familyOf(aggregate.blocks(NOW_MS, undefined), 'llm_cost_month_to_date_usd');
const ofMonth = (month: Period) => new Aggregate({ labelSets: 1000, month, nowMs: NOW_MS });

/** Zones whose months end at odd times: by half and quarter hours, across a clock change, a day apart. */
const ZONES = [
  'UTC',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'America/St_Johns',
  'Pacific/Pago_Pago',
];

describe.each(ZONES)('in %s', (zone) => {
  const month = monthOf(NOW_MS, zone);

  it.each([
    ['the last millisecond before the month', month.startMs - 1, []],
    ['its first', month.startMs, [CALL_NANO_USD]],
    ['its last', month.endMs - 1, [CALL_NANO_USD]],
    ['the first after it', month.endMs, []],
  ])('a call at %s', (_when, timestampMs, expected) => {
    const aggregate = ofMonth(month);
    aggregate.record(callOf('acme', { timestampMs }));
    expect([...monthToDate(aggregate).values()]).toEqual(expected);
  });

  it('counts the calls of the month and no others', () => {
    const near = (edgeMs: number) => fc.integer({ min: edgeMs - 7_200_000, max: edgeMs + 7_200_000 });
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            tenant: fc.constantFrom('acme', 'globex'),
            timestampMs: fc.oneof(near(month.startMs), near(month.endMs)),
          }),
        ),
        (calls) => {
          const aggregate = ofMonth(month);
          const expected = new Map<string, number>();
          for (const { tenant, timestampMs } of calls) {
            aggregate.record(callOf(tenant, { timestampMs }));
            if (monthOf(timestampMs, zone).startMs !== month.startMs) continue;
            const labels = `${tenant},,gpt-4o,openai,api_external,`;
            expected.set(labels, (expected.get(labels) ?? 0) + CALL_NANO_USD);
          }
          expect(monthToDate(aggregate)).toEqual(expected);
        },
      ),
    );
  });
});

const november = monthOf(NOW_MS, 'UTC');
const december = monthOf(november.endMs, 'UTC');

it('begins anew with what is loaded for the next month', () => {
  const aggregate = ofMonth(november);
  aggregate.record(callOf('acme'));
  const early = callOf('globex', { timestampMs: december.startMs + 1 });
  aggregate.record(early);
  aggregate.loadMonth(december, totalsOf([early]));
  expect(aggregate.month).toEqual(december);
  expect(monthToDate(aggregate)).toEqual(new Map([['globex,,gpt-4o,openai,api_external,', CALL_NANO_USD]]));
  aggregate.record(callOf('acme', { timestampMs: november.endMs - 1 }));
  aggregate.record(callOf('acme', { timestampMs: december.startMs }));
  expect(monthToDate(aggregate).get('acme,,gpt-4o,openai,api_external,')).toBe(CALL_NANO_USD);
});

it('has nothing to say of calls without a price, live or loaded', () => {
  const unpriced = callOf('acme', { unpriced: 'unknown_model' });
  const live = ofMonth(november);
  live.record(unpriced);
  expect(monthToDate(live)).toEqual(new Map());
  const loaded = ofMonth(november);
  loaded.loadMonth(november, totalsOf([unpriced]));
  expect(monthToDate(loaded)).toEqual(new Map());
});
