import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge } from '../../exporter/domain/charge.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import type { AmountQuery } from '../../exporter/ledger/ledger.ts';
import { chargeOf, costOf, NOW_MS } from '../support/charges.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openLedger } from './open-ledger.ts';
import { amountsOf, askedCharges, chargesBetween, each, scope, timeNear, unit } from './random-asked.ts';

const DAY_MS = 24 * HOUR_MS;

const queryNear = (charges: readonly Charge[]): fc.Arbitrary<AmountQuery> =>
  fc
    .record({ from: timeNear(charges), to: timeNear(charges), scope, unit, each })
    .map(({ from, to, ...asked }) => ({ ...asked, fromMs: Math.min(from, to), toMs: Math.max(from, to) }));

/** What is asked after so many charges, and whether the rollups are brought up to date or the ledger reopened before. */
const momentIn = (charges: readonly Charge[]) =>
  fc.record({
    appended: fc.nat(charges.length),
    before: fc.constantFrom('nothing', 'flush', 'reopen'),
    throughRatio: fc.constantFrom(1, 1, 0.5, 0.9),
    queries: fc.array(queryNear(charges), { minLength: 10, maxLength: 30 }),
  });

describe('amounts', () => {
  it('are the sums over the charges up to the row, to the digit, at whatever moment', {
    timeout: 120_000,
  }, async () => {
    const histories = askedCharges({ maxLength: 80 }).chain((charges) =>
      fc.record({
        charges: fc.constant(charges),
        moments: fc.array(momentIn(charges), { minLength: 1, maxLength: 3 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(histories, async ({ charges, moments }) => {
        const directory = tempDir();
        let ledger = await openLedger(directory);
        let stored = 0;
        for (const { appended, before, throughRatio, queries } of moments.toSorted(
          (a, b) => a.appended - b.appended,
        )) {
          await ledger.append(charges.slice(stored, appended));
          stored = appended;
          expect(await ledger.position()).toBe(stored);
          if (before === 'flush') await ledger.totals();
          if (before === 'reopen') {
            await ledger.close();
            ledger = await openLedger(directory);
          }
          const throughRow = Math.floor(stored * throughRatio);
          const seen = charges.slice(0, throughRow);
          expect(await ledger.amounts(throughRow, queries)).toEqual(
            queries.map((query) => amountsOf(chargesBetween(seen, query.fromMs, query.toMs), query)),
          );
        }
        await ledger.close();
      }),
      { numRuns: 8 },
    );
  });

  it('do not show what is stored and rolled up while they are read: all of a call are of one moment', async () => {
    const ledger = await openLedger(tempDir());
    let made = 0;
    const batch = () =>
      Array.from({ length: 400 }, (_, hour) =>
        chargeOf({
          id: String(made++),
          timestampMs: NOW_MS - hour * HOUR_MS,
          event: { userId: `user-${hour % 3}` },
        }),
      );
    const charges = batch();
    await ledger.append(charges);
    const throughRow = await ledger.position();
    const everyOtherHour: AmountQuery[] = Array.from({ length: 200 }, (_, i) => ({
      fromMs: NOW_MS - 2 * i * HOUR_MS,
      toMs: NOW_MS - (2 * i - 1) * HOUR_MS,
      scope: [],
      unit: 'usd',
      each: i % 50 === 0 ? 'user' : undefined,
    }));
    const answers = Promise.all([1, 2, 3].map(() => ledger.amounts(throughRow, everyOtherHour)));
    let isReading = true;
    void answers.finally(() => {
      isReading = false;
    });
    while (isReading && made < 100_000) {
      await ledger.append(batch());
      await ledger.totals();
    }
    const one = costOf(charges.slice(0, 1));
    for (const answer of await answers) {
      expect(answer.map((amounts) => [...amounts.values()])).toEqual(everyOtherHour.map(() => [one]));
    }
  });

  it('of whole hours outlive the charges; of users they are what is still stored', async () => {
    const directory = tempDir();
    const charges = [40, 39, 0].map((days, i) =>
      chargeOf({
        id: String(i),
        timestampMs: NOW_MS - days * DAY_MS,
        quantities: { input: 10 ** i },
        event: { userId: 'ann' },
      }),
    );
    const first = await openLedger(directory);
    await first.append(charges);
    await first.close();
    const ledger = await openLedger(directory, { retentionDays: 35, onOpen: async () => {} });
    await expect.poll(() => ledger.health().rows).toBe(1);
    const always = { fromMs: 0, toMs: NOW_MS + HOUR_MS, scope: [], unit: 'usd' } as const;
    expect(
      await ledger.amounts(3, [
        { ...always, each: undefined },
        { ...always, each: 'user' },
      ]),
    ).toEqual([new Map([['', costOf(charges)]]), new Map([['ann', costOf(charges.slice(2))]])]);
  });

  it('beyond 2^53 are rounded, not refused', async () => {
    const ledger = await openLedger(tempDir());
    const input = 2 ** 52;
    await ledger.append(
      ['a', 'b', 'c'].map((id) =>
        chargeOf({ id, quantities: { input, output: 0 }, unpriced: 'unknown_model' }),
      ),
    );
    const query = { fromMs: 0, toMs: NOW_MS + HOUR_MS, scope: [], unit: 'tokens', each: undefined } as const;
    expect(await ledger.amounts(3, [query])).toEqual([new Map([['', 3 * input]])]);
    await ledger.totals();
    expect(await ledger.amounts(3, [query])).toEqual([new Map([['', 3 * input]])]);
  });

  it('are refused while the ledger cannot be used, and to whoever waits when it closes', async () => {
    const ledger = await openLedger(tempDir());
    const query = { fromMs: 0, toMs: 1, scope: [], unit: 'usd', each: undefined } as const;
    const waiting = expect(ledger.amounts(0, [query])).rejects.toMatchObject({ code: 'ledger_unavailable' });
    await ledger.close();
    await waiting;
    await expect(ledger.amounts(0, [query])).rejects.toMatchObject({ code: 'ledger_unavailable' });
    await expect(ledger.position()).rejects.toMatchObject({ code: 'ledger_unavailable' });
  });
});

it('the position has every append that has resolved at or below it, every other above', async () => {
  const ledger = await openLedger(tempDir());
  expect(await ledger.position()).toBe(0);
  let resolved = 0;
  const positions: [position: number, resolved: number][] = [];
  const work: Promise<unknown>[] = [];
  for (let i = 0; i < 60; i++) {
    const charges = Array.from({ length: 1 + (i % 7) }, (_, row) => chargeOf({ id: `${i} ${row}` }));
    work.push(ledger.append(charges).then(() => (resolved += charges.length)));
    if (i % 3 === 0) work.push(ledger.position().then((row) => positions.push([row, resolved])));
    if (i % 10 === 0) await work.at(-1);
  }
  await Promise.all(work);
  expect(positions.length).toBe(20);
  expect(positions.map(([row]) => row)).toEqual(positions.map(([, seen]) => seen));
  expect(await ledger.position()).toBe(resolved);
});
