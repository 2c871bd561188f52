import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportedPrice } from '../../exporter/domain/apply-rate-card.ts';
import type { Charge } from '../../exporter/domain/charge.ts';
import { readCharges } from '../../exporter/ledger/read-charges.ts';
import { CARD, chargeOf, NOW_MS } from '../support/charges.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openLedger } from './open-ledger.ts';
import { askedCharges, chargesBetween, timeNear } from './random-asked.ts';

const ALWAYS = { fromMs: 0, toMs: NOW_MS + 1 };

/** Without what is stored as a fingerprint, in the order of time and content. */
function comparable(charges: readonly Charge[]): Charge[] {
  return charges
    .map(({ event, price }) => ({ event: { ...event, id: '', promptHash: '' }, price }))
    .sort(
      (a, b) => a.event.timestampMs - b.event.timestampMs || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
    );
}

describe('the charges read back', () => {
  it('are those that were stored in the span, in time order, while the ledger is open', {
    timeout: 120_000,
  }, async () => {
    const histories = askedCharges({ maxLength: 60 }).chain((charges) =>
      fc.record({ charges: fc.constant(charges), from: timeNear(charges), to: timeNear(charges) }),
    );
    await fc.assert(
      fc.asyncProperty(histories, async ({ charges, from, to }) => {
        const directory = tempDir();
        const ledger = await openLedger(directory);
        await ledger.append(charges);
        const read = [...readCharges(directory, { fromMs: from, toMs: to })];
        const times = read.map(({ event }) => event.timestampMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(comparable(read)).toEqual(comparable(chargesBetween(charges, from, to)));
        await ledger.close();
      }),
      { numRuns: 8 },
    );
  });

  it('have all that a charge may have; ids and prompt hashes as fingerprints', async () => {
    const directory = tempDir();
    const ledger = await openLedger(directory);
    const charges = [
      chargeOf({
        id: 'a',
        dimensions: { team: 'team', project_id: 'p', status: 'error', service_tier: 'batch' },
        quantities: { cache_read: 7, output_audio: 3, gpu_millisecond: 9 },
        event: {
          userId: 'ann',
          executionId: 'run-1',
          promptHash: 'same',
          latencyMs: 0,
          reportedCostNanoUsd: 0,
          tags: '{"__proto__":"x","meters":"y"}',
        },
      }),
      chargeOf({ id: 'b', event: { promptHash: 'same' } }),
      chargeOf({ id: 'c', event: { promptHash: 'another' }, unpriced: 'unknown_service_tier' }),
      {
        event: chargeOf({ id: 'd' }).event,
        price: reportedPrice({ ...CARD, id: 'told', source: 'reported' }, 123),
      },
    ];
    await ledger.append(charges);
    await ledger.close();
    const read = [...readCharges(directory, ALWAYS)];
    expect(comparable(read)).toEqual(comparable(charges));
    expect(new Set(read.map(({ event }) => event.id)).size).toBe(4);
    const hashes = (ids: string) =>
      read.filter(({ event }) => ids.includes(event.userId || '-')).map(({ event }) => event.promptHash);
    expect(new Set(hashes('ann-')).size).toBe(3);
    expect(hashes('-')).toContain(hashes('ann')[0]);
    expect(hashes('-')).toContain('');
  });

  it('of more than a read, many of the same time, come once each; those stored meanwhile do not', async () => {
    const directory = tempDir();
    const ledger = await openLedger(directory);
    const charges = Array.from({ length: 12_001 }, (_, i) =>
      chargeOf({ id: String(i), timestampMs: NOW_MS - (i % 2), quantities: { input: i } }),
    );
    await ledger.append(charges);
    const inputs = new Set<number>();
    let read = 0;
    for (const { event } of readCharges(directory, ALWAYS)) {
      if (read === 0) await ledger.append([chargeOf({ id: 'late', quantities: { input: 99_999 } })]);
      read += 1;
      inputs.add(event.quantities[0]!);
    }
    expect([read, inputs.size, inputs.has(99_999)]).toEqual([12_001, 12_001, false]);
  });

  it('of a ledger without any are none', async () => {
    const directory = tempDir();
    await openLedger(directory);
    expect([...readCharges(directory, ALWAYS)]).toEqual([]);
  });
});

it.each([
  ['no ledger', 'ledger_not_found', () => undefined],
  ['a file without tables', 'ledger_not_found', (path: string) => writeFileSync(path, '')],
  ['no database', 'ledger_unreadable', (path: string) => writeFileSync(path, 'no database'.repeat(500))],
  [
    'a newer version',
    'ledger_too_new',
    (path: string) => {
      const database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 999');
      database.close();
    },
  ],
])('says that there is %s', (_what, code, make) => {
  const directory = tempDir();
  make(join(directory, 'ledger.sqlite'));
  expect(() => readCharges(directory, ALWAYS).next()).toThrowError(expect.objectContaining({ code }));
});
