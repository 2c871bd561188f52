import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { applyRateCard, reportedPrice } from '../../domain/apply-rate-card.ts';
import type { Priced, RateCard } from '../../domain/charge.ts';
import { emptyPerMeter, type PerMeter } from '../../domain/meters.ts';
import { type ChargeBatch, COLUMN, WIDTH } from '../charge-batch.ts';
import { RecentFingerprints } from '../recent-fingerprints.ts';
import { migrate } from '../schema.ts';
import { METER_COLUMNS, meterValues, otherMeters, prepareInsert, quantitiesOf } from './charge-row.ts';
import { InternedRows } from './interned-rows.ts';
import { RollupBuffer } from './rollup-buffer.ts';

export const LEDGER_FILE = 'ledger.sqlite';
/** Sums held back before they are written, whatever the timer says. */
const ROLLUP_LIMIT = 50_000;
const RETENTION_SLICE = 5000;

/** The ledger's only writer. Lives in a worker thread; every method is synchronous and durable when it returns. */
export class ChargeStore {
  readonly database: DatabaseSync;
  readonly #path: string;
  readonly #lock: DatabaseSync;
  readonly #rows: InternedRows;
  readonly #rollups: RollupBuffer;
  readonly #recent = new RecentFingerprints();
  readonly #insert: StatementSync;
  #rowCount: number;

  /** Throws with message `locked` if another process has the directory, else whatever SQLite says. */
  constructor(directory: string) {
    this.#lock = lockDirectory(directory);
    this.#path = join(directory, LEDGER_FILE);
    try {
      this.database = new DatabaseSync(this.#path);
      this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;');
      migrate(this.database);
      this.#rows = new InternedRows(this.database);
      this.#rollups = new RollupBuffer(this.database);
      this.#insert = prepareInsert(this.database);
      this.#replayTail();
      this.#fillRecent();
      this.#rowCount = (
        this.database.prepare('SELECT rows FROM rollup_state').get() as { rows: number }
      ).rows;
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  /** One durable transaction. Returns one flag per row: 1 stored, 0 seen before. Throws with nothing stored. */
  append(batch: ChargeBatch): Uint8Array<ArrayBuffer> {
    const stored = new Uint8Array(batch.count);
    const seqs = new Float64Array(batch.count);
    const added: bigint[] = [];
    const texts = new Map(batch.texts.map(([row, ...values]) => [row, values.map((value) => value || null)]));
    let setIds: number[];
    this.database.exec('BEGIN IMMEDIATE');
    try {
      setIds = batch.dimensionSets.map((values) => this.#rows.setId(values));
      const cardIds = batch.rateCards.map((card) => this.#rows.cardId(card));
      const { numbers, fingerprints } = batch;
      for (let row = 0; row < batch.count; row++) {
        const fingerprint = fingerprints[2 * row]!;
        if (this.#recent.has(fingerprint)) continue;
        const at = row * WIDTH;
        const card = numbers[at + COLUMN.rateCard]!;
        const reported = numbers[at + COLUMN.reportedNanoUsd]!;
        const latency = numbers[at + COLUMN.latencyMs]!;
        const [userId = null, executionId = null, tags = null] = texts.get(row) ?? [];
        const result = this.#insert.run(
          numbers[at + COLUMN.timestampMs]!,
          fingerprint,
          setIds[numbers[at + COLUMN.dimensionSet]!]!,
          card < 0 ? 0 : cardIds[card]!,
          ...meterValues(numbers, at + COLUMN.quantities),
          otherMeters(numbers, at + COLUMN.quantities),
          numbers[at + COLUMN.costNanoUsd]!,
          reported < 0 ? null : reported,
          latency < 0 ? null : latency,
          fingerprints[2 * row + 1]!,
          userId,
          executionId,
          tags,
        );
        if (result.changes === 0) continue;
        stored[row] = 1;
        seqs[row] = Number(result.lastInsertRowid);
        this.#recent.add(fingerprint);
        added.push(fingerprint);
      }
      this.database.exec('COMMIT');
    } catch (error) {
      this.#recent.forget(added);
      this.#rows.clear();
      this.#rollBack();
      throw error;
    }
    for (let row = 0; row < batch.count; row++) {
      if (stored[row] === 0) continue;
      const at = row * WIDTH;
      const { numbers } = batch;
      this.#rollups.add(
        seqs[row]!,
        numbers[at + COLUMN.timestampMs]!,
        setIds[numbers[at + COLUMN.dimensionSet]!]!,
        numbers,
        at + COLUMN.quantities,
        at + COLUMN.costs,
        numbers[at + COLUMN.savedByCache]!,
        numbers[at + COLUMN.savedByTier]!,
      );
    }
    this.#rowCount += added.length;
    if (this.#rollups.size >= ROLLUP_LIMIT) this.flush();
    return stored;
  }

  /** Brings the rollup tables up to date with the charges. */
  flush(): void {
    if (this.#rollups.size === 0) return;
    this.#transaction(() => this.#rollups.write());
    this.#rollups.clear();
  }

  /** Deletes one slice of charges older than `beforeMs`; the rollups keep their sums. True while there are more. */
  expire(beforeMs: number): boolean {
    this.flush();
    let deleted = 0;
    this.#transaction(() => {
      const { changes } = this.database
        .prepare(
          `DELETE FROM charge WHERE seq IN
             (SELECT seq FROM charge WHERE timestamp_ms < ? ORDER BY timestamp_ms LIMIT ${RETENTION_SLICE})`,
        )
        .run(beforeMs);
      deleted = Number(changes);
      this.database.prepare('UPDATE rollup_state SET rows = rows - ?').run(deleted);
    });
    this.#rowCount -= deleted;
    return deleted === RETENTION_SLICE;
  }

  /** Proves that a durable write works. */
  probe(): void {
    this.#transaction(() => this.database.exec('UPDATE rollup_state SET seq = seq'));
  }

  size(): { rows: number; bytes: number } {
    const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false });
    return { rows: this.#rowCount, bytes: statSync(this.#path).size + (wal?.size ?? 0) };
  }

  close(): void {
    this.flush();
    this.database.close();
    this.#lock.close();
  }

  #transaction(work: () => void): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** SQLite has already rolled back after some errors (disk full); a second ROLLBACK would hide the first error. */
  #rollBack(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }

  /** After a crash: sums up the charges that were committed but not yet in the rollups. */
  #replayTail(): void {
    const cards = new Map<number, RateCard>();
    for (const { id, card } of this.database.prepare('SELECT id, card FROM rate_card').iterate()) {
      cards.set(Number(id), JSON.parse(String(card)) as RateCard);
    }
    const tail = this.database.prepare(
      `SELECT seq, timestamp_ms, dimension_set_id, rate_card_id, cost_nano_usd, other_meters, ${METER_COLUMNS.join(', ')}
       FROM charge WHERE seq > (SELECT seq FROM rollup_state) ORDER BY seq`,
    );
    for (const row of tail.iterate()) {
      const quantities = quantitiesOf(row);
      const card = cards.get(Number(row.rate_card_id));
      const price = card && priceAgain(card, quantities, Number(row.cost_nano_usd));
      const costs = price?.costs ?? emptyPerMeter();
      this.#rollups.add(
        Number(row.seq),
        Number(row.timestamp_ms),
        Number(row.dimension_set_id),
        [...quantities, ...costs],
        0,
        quantities.length,
        price?.savedByCacheNanoUsd ?? 0,
        price?.savedByTierNanoUsd ?? 0,
      );
    }
    this.flush();
  }

  #fillRecent(): void {
    const latest = this.database.prepare(
      `SELECT fingerprint FROM (SELECT seq, fingerprint FROM charge ORDER BY seq DESC LIMIT ${RecentFingerprints.size})
       ORDER BY seq`,
    );
    latest.setReadBigInts(true);
    for (const row of latest.iterate()) this.#recent.add(row.fingerprint as bigint);
  }
}

/** The price that a stored row had: its card says all of it, unless the sender reported the cost. */
function priceAgain(card: RateCard, quantities: PerMeter, storedNanoUsd: number): Priced | undefined {
  return card.source === 'reported' ? reportedPrice(card, storedNanoUsd) : applyRateCard(card, quantities);
}

/** The operating system drops the lock when the process ends, however it ends. */
function lockDirectory(directory: string): DatabaseSync {
  const lock = new DatabaseSync(join(directory, 'ledger.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/i.test(error.message))
      throw new Error('locked', { cause: error });
    throw error;
  }
  return lock;
}
