import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetBook } from '../../exporter/budgets/budget-book.ts';
import { budgetDefinitions } from '../../exporter/budgets/budget-definitions.ts';
import { monthOf } from '../../exporter/domain/period.ts';
import { runRate } from '../../exporter/forecast/run-rate.ts';

const NOW = Date.parse('2026-06-20T00:00:00Z');
const JUNE = monthOf(NOW, 'UTC');
const JULY = monthOf(Date.parse('2026-07-20T00:00:00Z'), 'UTC');

const definitions = (tenants: Record<string, number> = { acme: 10, zeta: 20 }) =>
  budgetDefinitions({
    monthly_usd: 100,
    tenants: Object.fromEntries(Object.entries(tenants).map(([id, usd]) => [id, { monthly_usd: usd }])),
  });

function openBook(): BudgetBook {
  const book = new BudgetBook(definitions(), runRate);
  book.load(JUNE, []);
  return book;
}

/** Budget name to nano-USD spent; unknown ones are not in it. */
const spent = (book: BudgetBook, nowMs = NOW) =>
  Object.fromEntries(book.statuses(nowMs).map((status) => [status.definition.name, status.spentNanoUsd]));

describe('BudgetBook', () => {
  it('knows nothing before its period is loaded, and nothing is counted before', () => {
    const book = new BudgetBook(definitions(), runRate);
    book.charge(NOW, 'acme', 5);
    expect(book.statuses(NOW)).toEqual([]);
    book.load(JUNE, [{ tenantId: 'acme', costNanoUsd: 7 }]);
    expect(spent(book)).toEqual({ organization: 7, 'tenant:acme': 7, 'tenant:zeta': 0 });
  });

  it('counts a charge for the organisation and its tenant', () => {
    const book = openBook();
    book.charge(NOW, 'acme', 5);
    book.charge(NOW, 'zeta', 7);
    book.charge(NOW, 'nobody', 11);
    book.charge(NOW, '', 13);
    expect(spent(book)).toEqual({ organization: 36, 'tenant:acme': 5, 'tenant:zeta': 7 });
  });

  it('has a status at zero spend, with period and forecast', () => {
    expect(openBook().statuses(NOW)[0]).toEqual({
      definition: definitions()[0],
      period: JUNE,
      spentNanoUsd: 0,
      remainingNanoUsd: 100e9,
      usedRatio: 0,
      forecastUsd: 0,
    });
  });

  it.each([
    ['the last instant of the month before', JUNE.startMs - 1, 0],
    ['the first instant', JUNE.startMs, 9],
    ['the last instant', JUNE.endMs - 1, 9],
    ['the first instant of the next month', JUNE.endMs, 0],
  ])('goes by the time of the charge: %s', (_when, timestampMs, counted) => {
    const book = openBook();
    book.charge(timestampMs, 'acme', 9);
    expect(spent(book)['tenant:acme']).toBe(counted);
  });

  it('starts a new period from what is loaded', () => {
    const book = openBook();
    book.charge(NOW, 'acme', 5);
    book.load(JULY, [{ tenantId: 'zeta', costNanoUsd: 3 }]);
    expect(spent(book, JULY.startMs)).toEqual({ organization: 3, 'tenant:acme': 0, 'tenant:zeta': 3 });
  });

  it('takes new definitions with the next load', () => {
    const book = openBook();
    book.charge(NOW, 'acme', 5);
    book.define(definitions({ initech: 1 }));
    expect(book.statuses(NOW)).toEqual([]);
    book.load(JUNE, [
      { tenantId: 'acme', costNanoUsd: 5 },
      { tenantId: 'initech', costNanoUsd: 2 },
    ]);
    expect(spent(book)).toEqual({ organization: 7, 'tenant:initech': 2 });
  });

  it('adds up the same in any order, loaded or charged', () => {
    const spends = fc.array(
      fc.record({
        tenantId: fc.constantFrom('acme', 'zeta', ''),
        costNanoUsd: fc.integer({ min: 0, max: 1e12 }),
      }),
    );
    fc.assert(
      fc.property(spends, spends, (loaded, charged) => {
        const book = new BudgetBook(definitions(), runRate);
        book.load(JUNE, loaded);
        for (const { tenantId, costNanoUsd } of charged) book.charge(NOW, tenantId, costNanoUsd);
        const turned = new BudgetBook(definitions(), runRate);
        turned.load(JUNE, charged.toReversed());
        for (const { tenantId, costNanoUsd } of loaded.toReversed())
          turned.charge(NOW, tenantId, costNanoUsd);
        expect(spent(turned)).toEqual(spent(book));
      }),
    );
  });
});
