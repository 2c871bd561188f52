import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetBook } from '../../exporter/budgets/budget-book.ts';
import { budgetDefinitions } from '../../exporter/budgets/budget-definitions.ts';
import { runRate } from '../../exporter/forecast/run-rate.ts';

const at = (text: string) => Date.parse(text);
const JUNE = at('2026-06-20T00:00:00Z');
const JULY = at('2026-07-20T00:00:00Z');
const AUGUST = at('2026-08-20T00:00:00Z');

const definitions = (tenants: Record<string, number> = { acme: 10, zeta: 20 }, organizationUsd = 100) =>
  budgetDefinitions({
    monthly_usd: organizationUsd,
    tenants: Object.fromEntries(Object.entries(tenants).map(([id, usd]) => [id, { monthly_usd: usd }])),
  });

function openBook(nowMs = JUNE, timeZone = 'UTC', loaded = 0) {
  const book = new BudgetBook({ definitions: definitions(), timeZone, nowMs, forecaster: runRate });
  for (const { name } of book.unknown(nowMs)) book.load(name, loaded);
  return book;
}

/** Budget name to nano-USD spent; unknown ones are not in it. */
const spent = (book: BudgetBook, nowMs: number) =>
  Object.fromEntries(book.statuses(nowMs).map((status) => [status.definition.name, status.spentNanoUsd]));
const unknown = (book: BudgetBook, nowMs: number) => book.unknown(nowMs).map((definition) => definition.name);
const NOTHING = { organization: 0, 'tenant:acme': 0, 'tenant:zeta': 0 };

describe('charging', () => {
  it('counts a charge for the organisation and its tenant', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 5);
    book.charge(JUNE, 'zeta', 7);
    book.charge(JUNE, 'nobody', 11);
    book.charge(JUNE, '', 13);
    expect(spent(book, JUNE)).toEqual({ organization: 36, 'tenant:acme': 5, 'tenant:zeta': 7 });
  });

  it('has a status at zero spend, with period and forecast', () => {
    const [status] = openBook().statuses(JUNE);
    expect(status).toEqual({
      definition: definitions()[0],
      period: { startMs: at('2026-06-01T00:00:00Z'), endMs: at('2026-07-01T00:00:00Z') },
      spentNanoUsd: 0,
      remainingNanoUsd: 100e9,
      usedRatio: 0,
      forecastUsd: 0,
    });
  });

  it('uses the months of its time zone', () => {
    const book = openBook(JUNE, 'Asia/Kolkata');
    book.charge(at('2026-05-31T18:29:59Z'), 'acme', 1);
    book.charge(at('2026-05-31T18:30:00Z'), 'acme', 2);
    book.charge(at('2026-06-30T18:29:59Z'), 'acme', 4);
    book.charge(at('2026-06-30T18:30:00Z'), 'acme', 8);
    expect(spent(book, JUNE)['tenant:acme']).toBe(6);
    expect(spent(book, JULY)['tenant:acme']).toBe(8);
  });

  it('adds up in any order', () => {
    const charge = fc.record({
      timestampMs: fc.integer({ min: at('2026-05-15T00:00:00Z'), max: at('2026-07-15T00:00:00Z') }),
      tenantId: fc.constantFrom('acme', 'zeta', 'nobody', ''),
      costNanoUsd: fc.integer({ min: 0, max: 1e12 }),
    });
    const shuffled = fc
      .array(charge, { maxLength: 60 })
      .chain((charges) =>
        fc.tuple(fc.constant(charges), fc.shuffledSubarray(charges, { minLength: charges.length })),
      );
    fc.assert(
      fc.property(shuffled, fc.nat(1e12), ([charges, otherOrder], loaded) => {
        const one = openBook(JUNE, 'UTC', loaded);
        const two = openBook(JUNE, 'UTC', loaded);
        for (const { timestampMs, tenantId, costNanoUsd } of charges) {
          one.charge(timestampMs, tenantId, costNanoUsd);
        }
        for (const { timestampMs, tenantId, costNanoUsd } of otherOrder) {
          two.charge(timestampMs, tenantId, costNanoUsd);
          expect(two.statuses(JUNE)).toHaveLength(3);
        }
        const june = charges.filter(({ timestampMs }) => new Date(timestampMs).getUTCMonth() === 5);
        const sum = (ofTenant?: string) =>
          june.reduce(
            (total, { tenantId, costNanoUsd }) =>
              ofTenant === undefined || tenantId === ofTenant ? total + costNanoUsd : total,
            loaded,
          );
        expect(spent(one, JUNE)).toEqual({
          organization: sum(),
          'tenant:acme': sum('acme'),
          'tenant:zeta': sum('zeta'),
        });
        expect(two.statuses(JUNE)).toEqual(one.statuses(JUNE));
        expect(two.statuses(JULY)).toEqual(one.statuses(JULY));
      }),
    );
  });
});

describe('the turn of the period', () => {
  it('starts the new one at zero and asks for nothing', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 5);
    expect(spent(book, at('2026-06-30T23:59:59.999Z'))['tenant:acme']).toBe(5);
    expect(spent(book, at('2026-07-01T00:00:00Z'))).toEqual(NOTHING);
    expect(unknown(book, JULY)).toEqual([]);
    expect(book.period).toEqual({ startMs: at('2026-07-01T00:00:00Z'), endMs: at('2026-08-01T00:00:00Z') });
  });

  it('does not count late events in the new period', () => {
    const book = openBook();
    expect(spent(book, JULY)).toEqual(NOTHING);
    book.charge(JUNE, 'acme', 5);
    expect(spent(book, JULY)).toEqual(NOTHING);
  });

  it('keeps early events for the new period and out of the old one', () => {
    const book = openBook();
    book.charge(at('2026-07-01T00:00:01Z'), 'acme', 5);
    expect(spent(book, at('2026-06-30T23:59:00Z'))).toEqual(NOTHING);
    expect(spent(book, JULY)).toEqual({ ...NOTHING, organization: 5, 'tenant:acme': 5 });
  });
});

describe('the clock', () => {
  it('loses nothing when it steps back over the turn of the period and on again', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 1);
    expect(spent(book, at('2026-07-01T00:00:05Z'))['tenant:acme']).toBe(0);
    book.charge(at('2026-07-01T00:00:05Z'), 'acme', 2);
    expect(spent(book, at('2026-06-30T23:59:55Z'))['tenant:acme']).toBe(1);
    book.charge(at('2026-06-30T23:59:56Z'), 'acme', 4);
    expect(spent(book, at('2026-06-30T23:59:57Z'))['tenant:acme']).toBe(5);
    expect(spent(book, JULY)['tenant:acme']).toBe(2);
  });

  it('knows nothing of a period that it jumped to, and comes back to the spend of the real one', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 1);
    expect(book.statuses(at('2099-01-05T00:00:00Z'))).toEqual([]);
    book.charge(JUNE, 'acme', 2);
    expect(spent(book, JUNE)['tenant:acme']).toBe(3);
  });

  it('knows nothing of a month that it was not told to load: neither before its start nor after a wrong one', () => {
    const afterFirmwareTime = openBook(at('1970-01-01T00:00:05Z'));
    afterFirmwareTime.charge(JUNE, 'acme', 1);
    expect(unknown(afterFirmwareTime, JUNE)).toEqual(['organization', 'tenant:acme', 'tenant:zeta']);
    afterFirmwareTime.load('tenant:acme', 8);
    expect(spent(afterFirmwareTime, JUNE)).toEqual({ 'tenant:acme': 8 });

    const beforeItsStart = openBook(JULY);
    beforeItsStart.charge(JUNE, 'acme', 1);
    expect(beforeItsStart.statuses(JUNE)).toEqual([]);
    beforeItsStart.load('tenant:acme', 8);
    beforeItsStart.charge(JUNE, 'acme', 1);
    expect(spent(beforeItsStart, JUNE)).toEqual({ 'tenant:acme': 9 });
    expect(spent(beforeItsStart, JULY)).toEqual(NOTHING);
  });
});

describe('loading', () => {
  it('has no status for a budget until its spend is loaded, then goes on from there', () => {
    const book = new BudgetBook({
      definitions: definitions(),
      timeZone: 'UTC',
      nowMs: JUNE,
      forecaster: runRate,
    });
    expect(book.statuses(JUNE)).toEqual([]);
    book.load('tenant:acme', 40);
    book.charge(JUNE, 'acme', 2);
    expect(spent(book, JUNE)).toEqual({ 'tenant:acme': 42 });
    expect(unknown(book, JUNE)).toEqual(['organization', 'tenant:zeta']);
  });

  it('replaces what was charged', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 2);
    book.load('tenant:acme', 40);
    expect(spent(book, JUNE)).toEqual({ organization: 2, 'tenant:acme': 40, 'tenant:zeta': 0 });
  });

  it('refuses a budget that is not defined', () => {
    expect(() => openBook().load('tenant:nobody', 1)).toThrow('budget "tenant:nobody" is not defined');
  });
});

describe('new definitions', () => {
  it('keep the spend of a budget whose limit changed', () => {
    const book = openBook();
    book.charge(JUNE, 'acme', 5);
    book.setDefinitions(definitions({ acme: 50 }, 200));
    const statuses = book.statuses(JUNE);
    expect(statuses.map((status) => [status.definition.limitNanoUsd, status.spentNanoUsd])).toEqual([
      [200e9, 5],
      [50e9, 5],
    ]);
  });

  it('leave a new budget unknown until it is loaded or a period begins', () => {
    const book = openBook();
    book.charge(JUNE, 'newcomer', 5);
    book.charge(at('2026-07-01T00:01:00Z'), 'newcomer', 5);
    book.setDefinitions(definitions({ acme: 10, newcomer: 10 }));
    book.charge(JUNE, 'newcomer', 7);
    expect(unknown(book, JUNE)).toEqual(['tenant:newcomer']);
    expect(spent(book, JUNE)).toEqual({ organization: 12, 'tenant:acme': 0 });
    // A charge of July came before the definition.
    expect(unknown(book, JULY)).toEqual(['tenant:newcomer']);
    expect(unknown(book, AUGUST)).toEqual([]);
    expect(spent(book, AUGUST)).toEqual({ organization: 0, 'tenant:acme': 0, 'tenant:newcomer': 0 });
  });

  it('forget a budget that is gone: if it comes back, it is unknown', () => {
    const book = openBook();
    book.charge(JUNE, 'zeta', 5);
    book.setDefinitions(definitions({ acme: 10 }));
    book.charge(JUNE, 'zeta', 5);
    expect(spent(book, JUNE)).toEqual({ organization: 10, 'tenant:acme': 0 });
    book.setDefinitions(definitions());
    expect(unknown(book, JUNE)).toEqual(['tenant:zeta']);
  });
});
