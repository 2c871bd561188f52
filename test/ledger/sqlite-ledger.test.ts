import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Charge } from '../../exporter/domain/charge.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { METER, METERS } from '../../exporter/domain/meters.ts';
import { RecentFingerprints } from '../../exporter/ledger/recent-fingerprints.ts';
import { RollupBuffer } from '../../exporter/ledger/sqlite/rollup-buffer.ts';
import { SqliteLedger } from '../../exporter/ledger/sqlite-ledger.ts';
import { chargeOf, costOf, NOW_MS } from '../support/charges.ts';
import { frozenPorts } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openLedger } from './open-ledger.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function sumOf(totals: readonly LedgerTotal[]): { costNanoUsd: number; requests: number; input: number } {
  const sum = { costNanoUsd: 0, requests: 0, input: 0 };
  for (const { costs, quantities } of totals) {
    sum.costNanoUsd += costs.reduce((all, cost) => all + cost, 0);
    sum.requests += quantities[METER.request]!;
    sum.input += quantities[METER.input]!;
  }
  return sum;
}

describe('append', () => {
  it('tells new charges from those seen before, within a batch and across batches', async () => {
    const ledger = await openLedger(tempDir());
    const [a, b, c] = ['a', 'b', 'c'].map((id) => chargeOf({ id })) as [Charge, Charge, Charge];
    expect([...(await ledger.append([a, b, a]))]).toEqual([1, 1, 0]);
    expect([...(await ledger.append([b, c]))]).toEqual([0, 1]);
    expect(ledger.health().rows).toBe(3);
  });

  it.each([
    ['another tenant', { dimensions: { tenant_id: 'globex' } }, 1],
    ['another timestamp, as a sender that stamps anew on a retry', { timestampMs: NOW_MS + 5 }, 0],
    ['other content', { quantities: { input: 5 } }, 0],
  ])('takes the same id with %s', async (_what, fields, stored) => {
    const ledger = await openLedger(tempDir());
    await ledger.append([chargeOf({ id: 'a' })]);
    expect([...(await ledger.append([chargeOf({ id: 'a', ...fields })]))]).toEqual([stored]);
  });

  it('recognises charges after a restart', async () => {
    const directory = tempDir();
    const first = await openLedger(directory);
    const charges = [chargeOf({ id: 'a' }), chargeOf({ id: 'b', timestampMs: NOW_MS - DAY_MS })];
    await first.append(charges);
    await first.close();
    const second = await openLedger(directory);
    const retried = chargeOf({ id: 'a', timestampMs: NOW_MS + 60_000 });
    expect([...(await second.append([...charges, retried]))]).toEqual([0, 0, 0]);
  });

  it('recognises a charge by its own timestamp however many came since; stamped anew, only among the recent ones', async () => {
    const directory = tempDir();
    const first = await openLedger(directory, { pendingCharges: 1_000_000 });
    const old = chargeOf({ id: 'old' });
    await first.append([old]);
    const later = Array.from({ length: RecentFingerprints.size }, (_, i) => chargeOf({ id: `later-${i}` }));
    await first.append(later);
    await first.close();
    const second = await openLedger(directory);
    expect([...(await second.append([old, later[0]!]))]).toEqual([0, 0]);
    expect(second.health().rows).toBe(1 + later.length);
    const stampedAnew = [old, later[0]!].map(({ event }) =>
      chargeOf({ id: event.id, timestampMs: NOW_MS + 1 }),
    );
    expect([...(await second.append(stampedAnew))]).toEqual([1, 0]);
  });

  it('commits concurrent appends together and answers each its own', async () => {
    let commits = 0;
    const ledger = await openLedger(tempDir(), { onCommit: () => commits++ });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => ledger.append([chargeOf({ id: `id-${i % 150}` })])),
    );
    expect(answers.map(([flag]) => flag)).toEqual(Array.from({ length: 200 }, (_, i) => (i < 150 ? 1 : 0)));
    expect(commits).toBeLessThan(20);
  });

  it('refuses more than may wait, and nothing is lost of what it took', async () => {
    const ledger = await openLedger(tempDir(), { pendingCharges: 3 });
    const taken = ledger.append(['a', 'b', 'c'].map((id) => chargeOf({ id })));
    await expect(ledger.append([chargeOf({ id: 'd' })])).rejects.toMatchObject({ code: 'ledger_busy' });
    expect([...(await taken)]).toEqual([1, 1, 1]);
    expect([...(await ledger.append([chargeOf({ id: 'd' })]))]).toEqual([1]);
  });
});

describe('sums', () => {
  it('equal the charges, whatever the batches, the order and the repeats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            id: fc.integer({ min: 0, max: 30 }),
            tenant: fc.constantFrom('acme', 'globex'),
            input: fc.integer({ min: 0, max: 1_000_000 }),
            cached: fc.integer({ min: 0, max: 1_000_000 }),
            hoursAgo: fc.integer({ min: 0, max: 50 }),
          }),
          { minLength: 1, maxLength: 40 },
        ),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (rows, batchSize, restart) => {
          const directory = tempDir();
          let ledger = await openLedger(directory);
          const distinct = new Map<string, Charge>();
          const charges = rows.map(({ id, tenant, input, cached, hoursAgo }) => {
            const charge = chargeOf({
              id: String(id),
              timestampMs: NOW_MS - hoursAgo * HOUR_MS,
              dimensions: { tenant_id: tenant },
              quantities: { input, cache_read: cached },
            });
            const key = `${tenant} ${id}`;
            if (!distinct.has(key)) distinct.set(key, charge);
            return charge;
          });
          for (let at = 0; at < charges.length; at += batchSize)
            await ledger.append(charges.slice(at, at + batchSize));
          if (restart) {
            await ledger.close();
            ledger = await openLedger(directory);
          }
          const kept = [...distinct.values()];
          const expected = {
            costNanoUsd: costOf(kept),
            requests: kept.length,
            input: kept.reduce((sum, { event }) => sum + event.quantities[METER.input]!, 0),
          };
          expect(sumOf(await ledger.totals())).toEqual(expected);
          expect(sumOf(await ledger.totalsBetween(0, NOW_MS + 1)).costNanoUsd).toBe(expected.costNanoUsd);
          await ledger.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('of a span are exact to the millisecond, in zones whose months begin at half past', async () => {
    const ledger = await openLedger(tempDir());
    const startMs = Date.UTC(2026, 9, 31, 18, 30);
    const endMs = Date.UTC(2026, 10, 30, 18, 30);
    const at = [startMs - 1, startMs, startMs + 29 * 60_000, NOW_MS, endMs - 1, endMs];
    const charges = at.map((timestampMs, i) =>
      chargeOf({ id: String(i), timestampMs, quantities: { input: 10 ** i } }),
    );
    await ledger.append(charges);
    expect(sumOf(await ledger.totalsBetween(startMs, endMs))).toEqual({
      costNanoUsd: costOf(charges.slice(1, 5)),
      requests: 4,
      input: 11_110,
    });
    expect(sumOf(await ledger.totalsBetween(startMs, startMs + 1))).toEqual({
      costNanoUsd: costOf(charges.slice(1, 2)),
      requests: 1,
      input: 10,
    });
  });

  it('have all quantities and the cost of the charges at ragged ends', async () => {
    const ledger = await openLedger(tempDir());
    const quantities = Object.fromEntries(METERS.map((meter, index) => [meter, index + 1]));
    const charge = chargeOf({ id: 'a', quantities, event: { tags: '{"meters":"no"}' } });
    await ledger.append([charge]);
    const [total] = await ledger.totalsBetween(NOW_MS - 1, NOW_MS + 1);
    expect(total!.quantities).toEqual(charge.event.quantities);
    expect(total!.costs[METER.request]).toBe(costOf([charge]));
  });

  it('keep unpriced charges apart, with their reason', async () => {
    const ledger = await openLedger(tempDir());
    await ledger.append([chargeOf({ id: 'a' }), chargeOf({ id: 'b', unpriced: 'unknown_model' })]);
    const totals = await ledger.totals();
    expect(totals.map(({ unpricedReason }) => unpricedReason)).toEqual(['', 'unknown_model']);
    expect(totals[1]!.costs.every((cost) => cost === 0)).toBe(true);
    expect(totals[1]!.quantities[METER.input]).toBe(1000);
  });

  it('survive a crash between the commit and the rollups: the tail is summed up again', async () => {
    const directory = tempDir();
    const ledger = await openLedger(directory);
    const charges = [
      chargeOf({ id: 'a', quantities: { input: 7, cache_read: 9, output_image: 3 } }),
      chargeOf({ id: 'b', unpriced: 'unknown_model' }),
    ];
    await ledger.append(charges);
    await ledger.close();
    // As a crash leaves it: charges committed, rollups behind.
    const database = new DatabaseSync(join(directory, 'ledger.sqlite'));
    database.exec(
      'DELETE FROM rollup_hour; DELETE FROM rollup_total; UPDATE rollup_state SET seq = 0, rows = 0',
    );
    database.close();
    const again = await openLedger(directory);
    const totals = await again.totals();
    expect(sumOf(totals)).toEqual({ costNanoUsd: costOf(charges), requests: 2, input: 7 + 1000 });
    expect(totals[0]!.savedByCacheNanoUsd).toBe(9 * 1250);
    expect(again.health().rows).toBe(2);
  });

  it('outlive the charges, which go after their retention', async () => {
    const directory = tempDir();
    const charges = [chargeOf({ id: 'old', timestampMs: NOW_MS - 40 * DAY_MS }), chargeOf({ id: 'new' })];
    const first = await openLedger(directory);
    await first.append(charges);
    await first.close();
    const second = await openLedger(directory, { retentionDays: 35, onOpen: async () => {} });
    await expect.poll(() => second.health().rows).toBe(1);
    expect(sumOf(await second.totals())).toEqual({ costNanoUsd: costOf(charges), requests: 2, input: 2000 });
  });
});

it('never gives a row id twice, also when everything has expired: rollups go by row ids', async () => {
  const directory = tempDir();
  const first = await openLedger(directory);
  await first.append(['a', 'b'].map((id) => chargeOf({ id, timestampMs: NOW_MS - 40 * DAY_MS })));
  await first.close();
  const second = await openLedger(directory, { retentionDays: 35, onOpen: async () => {} });
  await expect.poll(() => second.health().rows).toBe(1);
  await second.append([chargeOf({ id: 'c' })]);
  await second.close();
  const database = new DatabaseSync(join(directory, 'ledger.sqlite'), { readOnly: true });
  expect(database.prepare('SELECT seq FROM charge ORDER BY seq').all()).toEqual([{ seq: 2 }, { seq: 3 }]);
  database.close();
});

describe('call patterns', () => {
  it('find repeated prompts and small requests of successful, priced calls in the window', async () => {
    const ledger = await openLedger(tempDir());
    const prompt = (id: string, promptHash: string, input: number, more = {}) =>
      chargeOf({ id, quantities: { input }, event: { promptHash }, ...more });
    const charges = [
      prompt('1', 'p', 5000),
      prompt('2', 'p', 6000),
      prompt('3', 'p', 7000),
      prompt('4', 'once', 5000),
      prompt('5', 'p', 8000, { timestampMs: NOW_MS - 25 * HOUR_MS }),
      prompt('6', 'p', 9000, { dimensions: { status: 'error' } }),
      chargeOf({ id: '7', quantities: { input: 100, output: 10 } }),
      chargeOf({ id: '8', quantities: { input: 100, output: 10 }, unpriced: 'unknown_model' }),
    ];
    await ledger.append(charges);
    const patterns = await ledger.callPatterns({
      fromMs: NOW_MS - 24 * HOUR_MS,
      toMs: NOW_MS + 1,
      smallInputTokens: 100,
      smallOutputTokens: 10,
    });
    const cost = (index: number) => costOf([charges[index]!]);
    expect(patterns.repeatedPrompts).toEqual([
      {
        tenantId: 'acme',
        provider: 'openai',
        model: 'gpt-4o',
        groups: 1,
        calls: 3,
        costNanoUsd: cost(0) + cost(1) + cost(2),
        repeatCostNanoUsd: cost(0) + cost(1),
      },
    ]);
    expect(patterns.smallRequests.map(({ calls, costNanoUsd }) => ({ calls, costNanoUsd }))).toEqual([
      { calls: 1, costNanoUsd: cost(6) },
    ]);
    expect(patterns.windowHours).toBeCloseTo(24, 3);
  });
});

describe('a ledger that cannot be used', () => {
  it('is refused to a second process', async () => {
    const directory = tempDir();
    await openLedger(directory);
    const second = new SqliteLedger({
      directory,
      retentionDays: 400,
      pendingCharges: 10,
      ports: frozenPorts(),
    });
    onTestFinished(() => second.close());
    await expect(second.opened).rejects.toMatchObject({ code: 'ledger_locked' });
  });

  it.each([
    [
      'a corrupted file',
      (directory: string) => writeFileSync(join(directory, 'ledger.sqlite'), 'not a database'.repeat(500)),
      /not a database/,
    ],
    [
      'a file of a newer version',
      (directory: string) => {
        const database = new DatabaseSync(join(directory, 'ledger.sqlite'));
        database.exec('PRAGMA user_version = 999');
        database.close();
      },
      /schema version 999/,
    ],
    [
      'a directory that cannot be made',
      (directory: string) => writeFileSync(join(directory, 'sub'), ''),
      /EEXIST|ENOTDIR|not a directory/,
    ],
  ])('says why: %s', async (_what, damage, message) => {
    const directory = tempDir();
    damage(directory);
    const ports = frozenPorts();
    const errors: string[] = [];
    const ledger = new SqliteLedger({
      directory: _what.startsWith('a directory') ? join(directory, 'sub') : directory,
      retentionDays: 400,
      pendingCharges: 10,
      ports,
      onError: (operation) => errors.push(operation),
    });
    onTestFinished(() => ledger.close());
    expect(await ledger.opened).toBe(false);
    expect(ledger.health()).toMatchObject({ up: false, error: expect.stringMatching(message) });
    expect(errors).toEqual(['open']);
    expect(ports.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
    await expect(ledger.append([chargeOf({ id: 'a' })])).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
  });

  it('acknowledges what is committed even if the rollups cannot be written just then', {
    timeout: 60_000,
  }, async () => {
    const directory = tempDir();
    const ledger = await openLedger(directory, { pendingCharges: 1_000_000 });
    const other = new DatabaseSync(join(directory, 'ledger.sqlite'), { timeout: 10_000 });
    other.exec(
      `CREATE TRIGGER full BEFORE INSERT ON rollup_hour BEGIN SELECT raise(ROLLBACK, 'disk is full'); END`,
    );
    const count = RollupBuffer.chargesHeld + 1;
    const charges = Array.from({ length: count }, (_, i) => chargeOf({ id: `call-${i}` }));
    const flags = await ledger.append(charges);
    expect(flags.every((flag) => flag === 1)).toBe(true);
    other.exec('DROP TRIGGER full');
    other.close();
    expect(sumOf(await ledger.totals())).toMatchObject({ requests: count, costNanoUsd: costOf(charges) });
  });

  it('keeps nothing of a transaction that fails midway, and takes the same charges later', async () => {
    const directory = tempDir();
    mkdirSync(directory, { recursive: true });
    const ledger = await openLedger(directory);
    await ledger.append([chargeOf({ id: 'a' })]);
    const other = new DatabaseSync(join(directory, 'ledger.sqlite'), { timeout: 10_000 });
    // A full disk in small: the trigger fails the transaction with SQLITE_FULL's consequences at the second row.
    other.exec(
      `CREATE TRIGGER full BEFORE INSERT ON charge WHEN NEW.input = 666 BEGIN SELECT raise(ROLLBACK, 'disk is full'); END`,
    );
    const batch = [chargeOf({ id: 'b' }), chargeOf({ id: 'c', quantities: { input: 666 } })];
    await expect(ledger.append(batch)).rejects.toMatchObject({
      code: 'ledger_unavailable',
      message: expect.stringContaining('disk is full'),
    });
    expect(ledger.health().up).toBe(false);
    other.exec('DROP TRIGGER full');
    other.close();
    expect([...(await ledger.append(batch))]).toEqual([1, 1]);
    expect(ledger.health()).toMatchObject({ up: true, rows: 3 });
    expect(sumOf(await ledger.totals()).requests).toBe(3);
  });
});
