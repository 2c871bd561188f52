import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetBook } from '../../exporter/budgets/budget-book.ts';
import type { BudgetDefinition } from '../../exporter/domain/budget.ts';
import { type ChargeFields, chargeOf } from '../support/charges.ts';
import { budgetOf } from './given.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-20T12:00:00Z');
const JULY = Date.parse('2026-07-01T00:00:00Z');

const ACME = budgetOf({ name: 'acme', scope: [{ field: 'tenant', value: 'acme' }] });
const USERS = budgetOf({ name: 'users', each: 'user', limitAmount: 20 });

let id = 0;
/** A call that costs `nanoUsd`. */
const call = (nanoUsd: number, { timestampMs = NOW, ...fields }: Partial<ChargeFields> = {}) => {
  const charge = chargeOf({ id: `call-${++id}`, timestampMs, ...fields });
  return charge.price.kind === 'priced'
    ? { ...charge, price: { ...charge.price, costNanoUsd: nanoUsd } }
    : charge;
};
const ofUser = (userId: string) => ({ event: { userId } });

type Totals = Record<string, number>;
const map = (totals: Totals = {}) => new Map(Object.entries(totals));

/** Loads every stale budget with what the ledger has, by budget: previous, current and next period. */
function load(book: BudgetBook, nowMs = NOW, had: Record<string, readonly [Totals?, Totals?, Totals?]> = {}) {
  for (const {
    load: { definition },
    finish,
  } of book.beginLoads(nowMs)) {
    const [previous, current, next] = had[definition.name] ?? [];
    finish([map(previous), map(current), map(next)]);
  }
}

function openBook(definitions: readonly BudgetDefinition[], topSubjects = 10, subjects = 1000): BudgetBook {
  const book = BudgetBook.of(definitions, { subjects, topSubjects });
  load(book);
  return book;
}

/** Budget name (and subject) to amount spent; unknown ones are not in it. */
const spent = (book: BudgetBook, nowMs = NOW) =>
  Object.fromEntries(
    book
      .statuses(nowMs, () => undefined)
      .map(({ definition, subject, spentAmount }) => [
        subject === undefined ? definition.name : `${definition.name}:${subject}`,
        spentAmount,
      ]),
  );

describe('BudgetBook', () => {
  it('knows nothing before it is loaded, and then what the ledger had and what came meanwhile', () => {
    const book = BudgetBook.of([budgetOf(), ACME], { subjects: 10, topSubjects: 10 });
    book.charge(call(1000));
    expect(spent(book)).toEqual({});
    const loads = book.beginLoads(NOW);
    book.charge(call(5));
    expect(spent(book)).toEqual({});
    for (const { finish } of loads) finish([map(), map({ '': 7 }), map()]);
    book.charge(call(1));
    expect(spent(book)).toEqual({ organization: 13, acme: 13 });
  });

  it('stays unknown when the ledger could not be read, and is loaded later', () => {
    const book = BudgetBook.of([budgetOf()], { subjects: 10, topSubjects: 10 });
    for (const { finish } of book.beginLoads(NOW)) finish(undefined);
    expect(spent(book)).toEqual({});
    expect(book.isStaleAt(NOW)).toBe(true);
    load(book);
    expect(spent(book)).toEqual({ organization: 0 });
    expect(book.isStaleAt(NOW)).toBe(false);
  });

  it.each<[string, Partial<BudgetDefinition>, Partial<ChargeFields>, Partial<ChargeFields>]>([
    ['tenant', { scope: [{ field: 'tenant', value: 'acme' }] }, {}, { dimensions: { tenant_id: 'zeta' } }],
    ['model', { scope: [{ field: 'model', value: 'gpt-4o' }] }, {}, { dimensions: { model: 'gpt-5' } }],
    [
      'tenant and model',
      {
        scope: [
          { field: 'tenant', value: 'acme' },
          { field: 'model', value: 'gpt-4o' },
        ],
      },
      {},
      { dimensions: { model: 'gpt-5' } },
    ],
    ['user', { scope: [{ field: 'user', value: 'ann' }] }, ofUser('ann'), ofUser('bob')],
    [
      'tag',
      { scope: [{ field: 'tag:cost_center', value: '42' }] },
      { event: { tags: '{"cost_center":"42"}' } },
      { event: { tags: '{"cost_center":"43"}' } },
    ],
    [
      'a tag with the name of a prototype',
      { scope: [{ field: 'tag:__proto__', value: 'x' }] },
      { event: { tags: '{"__proto__":"x"}' } },
      { event: { tags: '{"a":"x"}' } },
    ],
    [
      'team and tag',
      {
        scope: [
          { field: 'team', value: 'search' },
          { field: 'tag:a', value: 'b' },
        ],
      },
      { dimensions: { team: 'search' }, event: { tags: '{"a":"b"}' } },
      { dimensions: { team: 'search' } },
    ],
  ])('counts what is in its scope: %s', (_name, fields, inside, outside) => {
    const book = openBook([budgetOf({ name: 'b', ...fields }), budgetOf()]);
    book.charge(call(5, inside));
    book.charge(call(7, outside));
    expect(spent(book)).toEqual({ b: 5, organization: 12 });
  });

  it.each([
    ['usd', 750_000],
    ['tokens', 1150],
    ['calls', 3],
    ['gpu_hours', 2500],
  ] as const)('counts in its unit: %s', (unit, amount) => {
    const book = openBook([budgetOf({ unit })]);
    const quantities = {
      input: 1000,
      reasoning: 50,
      output: 100,
      request: 3,
      gpu_millisecond: 500,
      gpu_second: 2,
    };
    book.charge(call(750_000, { quantities }));
    expect(spent(book)).toEqual({ organization: amount });
  });

  it('counts the tokens of what has no price, and no USD', () => {
    const book = openBook([budgetOf(), budgetOf({ name: 'tokens', unit: 'tokens' })]);
    book.charge(call(0, { unpriced: 'unknown_model' }));
    expect(spent(book)).toEqual({ organization: 0, tokens: 1100 });
  });

  it.each([
    ['the last instant of the month before', Date.parse('2026-06-01T00:00:00Z') - 1, 0],
    ['the first instant', Date.parse('2026-06-01T00:00:00Z'), 9],
    ['the last instant', JULY - 1, 9],
    ['the first instant of the next month', JULY, 0],
  ])('goes by the time of the charge: %s', (_when, timestampMs, counted) => {
    const book = openBook([budgetOf()]);
    book.charge(call(9, { timestampMs }));
    expect(spent(book)).toEqual({ organization: counted });
  });

  it('begins the next period with what came ahead of the clock, and asks to be loaded again', () => {
    const book = openBook([budgetOf()]);
    book.charge(call(5));
    book.charge(call(3, { timestampMs: JULY + 1 }));
    expect(book.isStaleAt(NOW)).toBe(false);
    expect(spent(book, JULY)).toEqual({ organization: 3 });
    expect(book.isStaleAt(JULY)).toBe(true);
    load(book, JULY, { organization: [{}, { '': 4 }] });
    expect(spent(book, JULY)).toEqual({ organization: 4 });
  });

  it('knows nothing after a clock that jumped over a whole period', () => {
    const book = openBook([budgetOf()]);
    expect(spent(book, JULY + 45 * DAY_MS)).toEqual({});
  });

  it('counts a call that came ahead of the clock in a rolling window that has moved on', () => {
    const book = openBook([budgetOf({ period: { kind: 'rolling', days: 7 } })]);
    book.charge(call(5));
    book.charge(call(3, { timestampMs: NOW + 3_600_000 }));
    expect(spent(book)).toEqual({ organization: 5 });
    expect(spent(book, NOW + 3_600_000)).toEqual({ organization: 8 });
  });

  it('knows nothing of a rolling window after more than an hour without a look', () => {
    const book = openBook([budgetOf({ period: { kind: 'rolling', days: 7 } })]);
    expect(spent(book, NOW + 2 * 3_600_000)).toEqual({});
  });

  it('keeps a rolling window that has moved on until the next is loaded', () => {
    const book = openBook([budgetOf({ period: { kind: 'rolling', days: 7 } })]);
    book.charge(call(5));
    const laterMs = NOW + 3_600_000;
    expect(spent(book, laterMs)).toEqual({ organization: 5 });
    book.charge(call(4, { timestampMs: laterMs }));
    expect(spent(book, laterMs)).toEqual({ organization: 9 });
    load(book, laterMs, { organization: [{}, { '': 2 }] });
    expect(spent(book, laterMs)).toEqual({ organization: 2 });
  });

  describe('a budget for each', () => {
    it('gives every subject the limit, and leaves out calls without one', () => {
      const book = openBook([USERS]);
      for (const [user, nanoUsd] of [
        ['ann', 5],
        ['bob', 25],
        ['ann', 2],
        ['', 100],
      ] as const)
        book.charge(call(nanoUsd, ofUser(user)));
      expect(spent(book)).toEqual({ 'users:bob': 25, 'users:ann': 7 });
      expect(book.subjectCounts(NOW)).toEqual([{ budget: 'users', subjects: 2, overLimit: 1 }]);
    });

    it('shows the largest shares only, and has all of them', () => {
      const book = openBook([USERS], 2);
      for (const [at, user] of ['a', 'b', 'c', 'd'].entries()) book.charge(call(at + 1, ofUser(user)));
      expect(spent(book)).toEqual({ 'users:d': 4, 'users:c': 3 });
      expect(book.subjects('users', NOW).map(({ subject }) => subject)).toEqual(['d', 'c', 'b', 'a']);
    });

    it('does not pretend to know a subject that has no place', () => {
      const book = openBook([USERS], 10, 2);
      for (const user of ['a', 'b', 'c']) book.charge(call(1, ofUser(user)));
      const account = (user: string) => book.accountsFor(call(0, ofUser(user)).event, NOW)[0]!.spentAmount;
      expect([account('a'), account('b'), account('c')]).toEqual([1, 1, undefined]);
    });

    it('forgets who used nothing in the new period', () => {
      const book = openBook([USERS], 10, 2);
      book.charge(call(1, ofUser('a')));
      book.charge(call(1, { ...ofUser('b'), timestampMs: JULY }));
      expect(spent(book, JULY)).toEqual({ 'users:b': 1 });
    });
  });

  describe('the limit in force', () => {
    const limitOf = (fields: Partial<BudgetDefinition>, nowMs = NOW, previous = 40) => {
      const book = BudgetBook.of([budgetOf({ limitAmount: 100, ...fields })], {
        subjects: 1,
        topSubjects: 1,
      });
      load(book, nowMs, { organization: [{ '': previous }] });
      return book.statuses(nowMs, () => undefined)[0]!.limitAmount;
    };
    const since = (sinceMs: number, maximumRatio = 1) => ({ rollover: { sinceMs, maximumRatio } });
    const MAY = Date.parse('2026-05-01T00:00:00Z');

    it.each([
      ['its own', {}, 40, 100],
      ['with what the period before left', since(MAY), 40, 160],
      ['at most so much of it', since(MAY, 0.25), 40, 125],
      ['nothing where that was overspent', since(MAY), 130, 100],
      ['nothing from before it carried over', since(MAY + 1), 40, 100],
      ['an override', { override: { limitAmount: 500, untilMs: NOW + 1 } }, 40, 500],
      ['an override that has ended', { override: { limitAmount: 500, untilMs: NOW } }, 40, 100],
      [
        'an override, not what was carried over',
        { ...since(MAY), override: { limitAmount: 5, untilMs: JULY } },
        40,
        5,
      ],
    ])('%s', (_name, fields, previous, limit) => {
      expect(limitOf(fields, NOW, previous)).toBe(limit);
    });

    it('carries over what the period left when it turns, and what comes late for it', () => {
      const book = openBook([budgetOf({ limitAmount: 100, ...since(MAY) })]);
      book.charge(call(30));
      const limit = () => book.statuses(JULY, () => undefined)[0]!.limitAmount;
      expect(limit()).toBe(170);
      book.charge(call(20));
      expect(limit()).toBe(150);
    });
  });

  describe('new definitions', () => {
    it('bring a limit without forgetting what was spent', () => {
      const book = openBook([ACME, budgetOf()]);
      book.charge(call(5));
      const next = book.redefined([{ ...ACME, limitAmount: 10 }]);
      expect(spent(next)).toEqual({ acme: 5 });
      expect(next.statuses(NOW, () => undefined)[0]!.usedRatio).toBe(0.5);
    });

    it.each<[string, Partial<BudgetDefinition>]>([
      ['another scope', { scope: [] }],
      ['another unit', { unit: 'calls' }],
      ['another period', { period: { kind: 'week' } }],
      ['another zone', { timeZone: 'Asia/Tokyo' }],
      ['a rollover, which needs the period before', { rollover: { sinceMs: 0, maximumRatio: 1 } }],
    ])('are unknown with %s', (_name, fields) => {
      const next = openBook([ACME]).redefined([{ ...ACME, ...fields }]);
      expect(spent(next)).toEqual({});
      expect(next.isStaleAt(NOW)).toBe(true);
    });

    it('keep what is promised to calls under way', () => {
      const book = openBook([ACME]);
      const [account] = book.accountsFor(call(0).event, NOW);
      account!.reservedAmount += 7;
      const next = book.redefined([{ ...ACME, period: { kind: 'day' } }]).begunAnew();
      load(next);
      expect(next.statuses(NOW, () => undefined)[0]!.reservedAmount).toBe(7);
      account!.reservedAmount -= 7;
      expect(next.accountsFor(call(0).event, NOW)[0]!.reservedAmount).toBe(0);
    });
  });

  it('tells what was counted since the start, over periods and whatever is known', () => {
    const book = BudgetBook.of([ACME], { subjects: 10, topSubjects: 10 });
    book.charge(call(5));
    load(book);
    book.charge(call(6, { timestampMs: JULY }));
    book.charge(call(7, { dimensions: { tenant_id: 'zeta' } }));
    expect(book.consumptions()).toEqual([{ definition: ACME, amount: 11 }]);
  });

  it('adds up the same in any order, loaded or charged, whichever budgets there are', () => {
    const charges = fc.array(
      fc.record({
        nanoUsd: fc.integer({ min: 0, max: 1e12 }),
        tenant_id: fc.constantFrom('acme', 'zeta', ''),
        team: fc.constantFrom('a', 'b'),
        userId: fc.constantFrom('ann', 'bob', ''),
        timestampMs: fc.integer({ min: NOW - 40 * DAY_MS, max: NOW + 40 * DAY_MS }),
      }),
      { maxLength: 30 },
    );
    const definitions = [
      budgetOf(),
      ACME,
      USERS,
      budgetOf({
        name: 'b',
        scope: [{ field: 'team', value: 'b' }],
        each: 'tenant',
        period: { kind: 'week' },
      }),
      budgetOf({
        name: 'ann',
        scope: [
          { field: 'team', value: 'a' },
          { field: 'user', value: 'ann' },
        ],
      }),
    ];
    fc.assert(
      fc.property(charges, fc.integer(), (given, seed) => {
        const calls = given.map(({ nanoUsd, tenant_id, team, userId, timestampMs }) =>
          call(nanoUsd, { timestampMs, dimensions: { tenant_id, team }, event: { userId } }),
        );
        const book = openBook(definitions);
        for (const charge of calls) book.charge(charge);
        const turned = openBook(definitions.toReversed());
        const at = Math.abs(seed) % (calls.length + 1);
        for (const charge of [...calls.slice(at), ...calls.slice(0, at)].toReversed()) turned.charge(charge);
        expect(spent(turned)).toEqual(spent(book));
        const inJune = ({ event }: (typeof calls)[number]) =>
          monthIs(event.timestampMs) && event.dimensions.tenant_id === 'acme';
        const sum = calls.filter(inJune).reduce((total, { price }) => total + costOf(price), 0);
        expect(spent(book).acme).toBe(sum);
      }),
    );
  });
});

const monthIs = (atMs: number) => new Date(atMs).toISOString().startsWith('2026-06');
const costOf = (price: ReturnType<typeof call>['price']) => (price.kind === 'priced' ? price.costNanoUsd : 0);
