import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge } from '../../exporter/domain/charge.ts';
import { HOUR_MS, type HourlyQuery, type SelectedSeries } from '../../exporter/domain/series.ts';
import { hourly } from '../../exporter/ledger/sqlite/hourly.ts';
import { chargeOf, NOW_MS } from '../support/charges.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openLedger } from './open-ledger.ts';
import { amountsOf, askedCharges, chargesBetween, each, scope, unit } from './random-asked.ts';

const DAY_MS = 24 * HOUR_MS;
const hourAt = fc.integer({ min: -26 * 24, max: 2 }).map((hour) => NOW_MS + hour * HOUR_MS);

const hourlyQuery: fc.Arbitrary<HourlyQuery> = fc
  .record({
    from: hourAt,
    to: hourAt,
    selections: fc.array(
      fc
        .record({ scope, unit, field: each, top: fc.integer({ min: 1, max: 4 }) })
        .map(({ field, top, ...asked }) => ({ ...asked, by: field && { field, top } })),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ from, to, selections }) => ({
    fromMs: Math.min(from, to),
    toMs: Math.max(from, to),
    selections,
  }));

function expected(
  charges: readonly Charge[],
  { fromMs, toMs, selections }: HourlyQuery,
): { value: string | undefined; startMs: number; amounts: number[] }[][] {
  const firstMs = Math.min(...charges.map(({ event }) => event.timestampMs));
  const startMs = Math.min(toMs, Math.max(fromMs, Math.floor(firstMs / HOUR_MS) * HOUR_MS));
  return selections.map(({ scope, unit, by }) => {
    const asked = { scope, unit, each: by?.field };
    const totals = amountsOf(chargesBetween(charges, startMs, toMs), asked);
    const largest = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, by?.top ?? 1);
    return largest.map(([value]) => ({
      value: by && value,
      startMs,
      amounts: Array.from({ length: (toMs - startMs) / HOUR_MS }, (_, hour) => {
        const fromMs = startMs + hour * HOUR_MS;
        return amountsOf(chargesBetween(charges, fromMs, fromMs + HOUR_MS), asked).get(value) ?? 0;
      }),
    }));
  });
}

function plain(found: readonly (readonly SelectedSeries[])[]) {
  return found.map((list) =>
    list.map(({ value, series }) => ({ value, startMs: series.startMs, amounts: [...series.amounts] })),
  );
}

describe('hourly series', () => {
  it('are the sums of the charges of each hour, rolled up or not, the largest first', {
    timeout: 120_000,
  }, async () => {
    const histories = askedCharges({ maxLength: 60 }).chain((charges) =>
      fc.record({
        charges: fc.constant(charges),
        flushedAt: fc.nat(charges.length),
        queries: fc.array(hourlyQuery, { minLength: 4, maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(histories, async ({ charges, flushedAt, queries }) => {
        const directory = tempDir();
        const ledger = await openLedger(directory);
        await ledger.append(charges.slice(0, flushedAt));
        await ledger.totals();
        await ledger.append(charges.slice(flushedAt));
        expect(plain(await ledger.hourly(queries[0]!))).toEqual(expected(charges, queries[0]!));
        const database = new DatabaseSync(join(directory, 'ledger.sqlite'), { readOnly: true });
        for (const query of queries) {
          for (const held of [0, 700, 1e6]) {
            expect(plain(hourly(database, query, held))).toEqual(expected(charges, query));
          }
        }
        database.close();
        await ledger.close();
      }),
      { numRuns: 8 },
    );
  });

  it('begin with the first charge: what was before is unknown', async () => {
    const ledger = await openLedger(tempDir());
    const query = {
      fromMs: NOW_MS - DAY_MS,
      toMs: NOW_MS + HOUR_MS,
      selections: [
        { scope: [], unit: 'calls' },
        { scope: [], unit: 'calls', by: { field: 'user', top: 3 } },
        { scope: [{ field: 'user', value: 'nobody' }], unit: 'calls' },
      ],
    } as const;
    const nothing = { value: undefined, startMs: query.toMs, amounts: [] };
    expect(plain(await ledger.hourly(query))).toEqual([[nothing], [], [nothing]]);
    const first = chargeOf({ id: 'a', timestampMs: NOW_MS - 2 * HOUR_MS + 5, event: { userId: 'ann' } });
    await ledger.append([first]);
    const series = { startMs: NOW_MS - 2 * HOUR_MS };
    expect(plain(await ledger.hourly(query))).toEqual([
      [{ value: undefined, ...series, amounts: [1, 0, 0] }],
      [{ value: 'ann', ...series, amounts: [1, 0, 0] }],
      [{ value: undefined, ...series, amounts: [0, 0, 0] }],
    ]);
  });

  it('of users begin where no charge of the hour has gone after its retention', async () => {
    const directory = tempDir();
    const atHours = [-40 * 24, -3, -3, 0];
    const charges = atHours.map((hours, i) =>
      chargeOf({ id: String(i), timestampMs: NOW_MS + hours * HOUR_MS + i, event: { userId: 'ann' } }),
    );
    const first = await openLedger(directory);
    await first.append(charges);
    await first.close();
    const ledger = await openLedger(directory, { retentionDays: 35, onOpen: async () => {} });
    await expect.poll(() => ledger.health().rows).toBe(3);
    const [all, ann] = await ledger.hourly({
      fromMs: NOW_MS - 50 * DAY_MS,
      toMs: NOW_MS + HOUR_MS,
      selections: [
        { scope: [], unit: 'calls' },
        { scope: [{ field: 'user', value: 'ann' }], unit: 'calls' },
      ],
    });
    expect(all![0]!.series.startMs).toBe(NOW_MS - 40 * DAY_MS);
    expect(all![0]!.series.amounts.reduce((a, b) => a + b)).toBe(4);
    expect(plain([ann!])[0]).toEqual([
      { value: undefined, startMs: NOW_MS - 2 * HOUR_MS, amounts: [0, 0, 1] },
    ]);
  });
});
