import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { comparedCosts, isReported, type RateCard } from '../../domain/charge.ts';
import { emptyPerMeter, METER } from '../../domain/meters.ts';
import { type ChargeBatch, COLUMN, WIDTH } from '../charge-batch.ts';
import { RecentFingerprints } from '../recent-fingerprints.ts';
import { migrate } from '../schema.ts';
import {
  detailsIn,
  detailsOf,
  METER_COLUMNS,
  prepareInsert,
  priceAgain,
  quantitiesOf,
} from './charge-row.ts';
import { InternedRows } from './interned-rows.ts';
import { RollupBuffer } from './rollup-buffer.ts';

export const LEDGER_FILE = 'ledger.sqlite';
const RETENTION_SLICE = 5000;
/** The log grows while someone reads, as what they may still ask for stays in it; then it is cut to 64 MiB again. */
const SETTINGS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = ${64 * 2 ** 20};`;

/** The ledger's only writer. Lives in a worker thread; every method is synchronous and durable when it returns. */
export class ChargeStore {
  readonly database: DatabaseSync;
  readonly #path: string;
  readonly #lock: DatabaseSync;
  readonly #rows: InternedRows;
  readonly #rollups: RollupBuffer;
  readonly #recent = new RecentFingerprints();
  readonly #insert: StatementSync;
  readonly #newest: StatementSync;
  #rowCount: number;
  #bytes: number;

  /** Throws with message `locked` if another process has the directory, else whatever SQLite says. */
  constructor(directory: string) {
    this.#lock = lockDirectory(directory);
    this.#path = join(directory, LEDGER_FILE);
    try {
      this.database = new DatabaseSync(this.#path);
      this.database.exec(SETTINGS);
      migrate(this.database);
      this.#rows = new InternedRows(this.database);
      this.#rollups = new RollupBuffer(this.database);
      this.#insert = prepareInsert(this.database);
      this.#newest = this.database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM charge');
      this.#replayTail();
      this.#fillRecent();
      this.#rowCount = (
        this.database.prepare('SELECT rows FROM rollup_state').get() as { rows: number }
      ).rows;
      this.#bytes = this.#fileBytes();
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  /** One durable transaction. Returns one flag per row: 1 stored, 0 seen before. Throws with nothing stored. */
  append(batch: ChargeBatch): Uint8Array<ArrayBuffer> {
    const stored = new Uint8Array(batch.count);
    const seqs = new Float64Array(batch.count);
    let setIds: readonly number[];
    this.database.exec('BEGIN IMMEDIATE');
    try {
      setIds = batch.dimensionSets.map((key) => this.#rows.setId(key));
      this.#insertAll(batch, setIds, stored, seqs);
      this.database.exec('COMMIT');
    } catch (error) {
      this.#forget(batch, stored);
      this.#rows.clear();
      this.#rollBack();
      throw error;
    }
    this.#sumUp(batch, setIds, stored, seqs);
    if (this.#rollups.isFull) this.flushIfPossible();
    return stored;
  }

  #insertAll(batch: ChargeBatch, setIds: readonly number[], stored: Uint8Array, seqs: Float64Array): void {
    const { numbers, fingerprints, userIds, executionIds, tags } = batch;
    const cardIds = batch.rateCards.map((card) => this.#rows.cardId(card));
    const halves = new Int32Array(fingerprints.buffer);
    for (let row = 0; row < batch.count; row++) {
      const low = halves[4 * row]!;
      const high = halves[4 * row + 1]!;
      if (this.#recent.has(low, high)) continue;
      const at = row * WIDTH;
      const meters = at + COLUMN.quantities;
      const card = numbers[at + COLUMN.rateCard]!;
      const latency = numbers[at + COLUMN.latencyMs]!;
      const { changes, lastInsertRowid } = this.#insert.run(
        numbers[at + COLUMN.timestampMs]!,
        fingerprints[2 * row]!,
        setIds[numbers[at + COLUMN.dimensionSet]!]!,
        card < 0 ? 0 : cardIds[card]!,
        numbers[meters + METER.input]!,
        numbers[meters + METER.cache_read]!,
        numbers[meters + METER.cache_write_5m]!,
        numbers[meters + METER.cache_write_1h]!,
        numbers[meters + METER.output]!,
        numbers[meters + METER.reasoning]!,
        numbers[meters + METER.request]!,
        numbers[at + COLUMN.costNanoUsd]!,
        latency < 0 ? null : latency,
        fingerprints[2 * row + 1]!,
        userIds?.[row] || null,
        detailsOf(
          numbers,
          meters,
          numbers[at + COLUMN.reportedNanoUsd]!,
          executionIds?.[row] ?? '',
          tags?.[row] ?? '',
        ),
      );
      if (changes === 0) continue;
      stored[row] = 1;
      seqs[row] = Number(lastInsertRowid);
      this.#recent.add(low, high);
    }
  }

  /** Takes back what `#insertAll` remembered of a transaction that did not commit. */
  #forget({ fingerprints }: ChargeBatch, stored: Uint8Array): void {
    const halves = new Int32Array(fingerprints.buffer);
    stored.forEach((flag, row) => {
      if (flag === 1) this.#recent.forget(halves[4 * row]!, halves[4 * row + 1]!);
    });
  }

  #sumUp(
    { numbers, rateCards }: ChargeBatch,
    setIds: readonly number[],
    stored: Uint8Array,
    seqs: Float64Array,
  ): void {
    for (let row = 0; row < stored.length; row++) {
      if (stored[row] === 0) continue;
      const at = row * WIDTH;
      const reported = numbers[at + COLUMN.reportedNanoUsd]!;
      const card = reported < 0 ? undefined : rateCards[numbers[at + COLUMN.rateCard]!];
      const isCompared = card !== undefined && !isReported(card);
      this.#rollups.add(
        seqs[row]!,
        numbers[at + COLUMN.timestampMs]!,
        setIds[numbers[at + COLUMN.dimensionSet]!]!,
        numbers,
        at + COLUMN.quantities,
        at + COLUMN.costs,
        numbers[at + COLUMN.savedByCache]!,
        numbers[at + COLUMN.savedByTier]!,
        isCompared ? reported : 0,
        isCompared ? numbers[at + COLUMN.costNanoUsd]! : 0,
      );
      this.#rowCount += 1;
    }
  }

  /** Brings the rollup tables up to date with the charges. */
  flush(): void {
    if (this.#rollups.isEmpty) return;
    this.#transaction(() => this.#rollups.write());
    this.#rollups.clear();
    this.#bytes = this.#fileBytes();
  }

  /** A failure is no loss: the sums stay in memory, and what cannot be committed the next append reports. */
  flushIfPossible(): void {
    try {
      this.flush();
    } catch {
      // the next flush writes the same sums
    }
  }

  /**
   * Deletes one slice of charges older than `beforeMs`; the rollups keep their sums. True while there are more.
   * The newest row stays whatever its age: SQLite would give its id again, and the rollups go by row ids.
   */
  expire(beforeMs: number): boolean {
    this.flush();
    let deleted = 0;
    this.#transaction(() => {
      const { changes } = this.database
        .prepare(
          `DELETE FROM charge WHERE seq IN
             (SELECT seq FROM charge WHERE timestamp_ms < ? AND seq < (SELECT max(seq) FROM charge)
              ORDER BY timestamp_ms LIMIT ${RETENTION_SLICE})`,
        )
        .run(beforeMs);
      deleted = Number(changes);
      this.database.prepare('UPDATE rollup_state SET rows = rows - ?').run(deleted);
    });
    this.#rowCount -= deleted;
    return deleted === RETENTION_SLICE;
  }

  /** Row id of the newest charge, which never expires; 0 if there is none. */
  position(): number {
    return Number(this.#newest.get()!.seq);
  }

  /** Proves that a durable write works. */
  probe(): void {
    this.#transaction(() => this.database.exec('UPDATE rollup_state SET seq = seq'));
  }

  /** `bytes` as of the last `flush`, or the opening. */
  size(): { rows: number; bytes: number } {
    return { rows: this.#rowCount, bytes: this.#bytes };
  }

  #fileBytes(): number {
    const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false });
    return statSync(this.#path).size + (wal?.size ?? 0);
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
      `SELECT seq, timestamp_ms, dimension_set_id, rate_card_id, cost_nano_usd, details, ${METER_COLUMNS.join(', ')}
       FROM charge WHERE seq > (SELECT seq FROM rollup_state) ORDER BY seq`,
    );
    for (const row of tail.iterate()) {
      const details = detailsIn(row);
      const quantities = quantitiesOf(row, details);
      const card = cards.get(Number(row.rate_card_id));
      const price = card && priceAgain(card, quantities, Number(row.cost_nano_usd));
      const costs = price?.costs ?? emptyPerMeter();
      const compared = price && comparedCosts({ reportedCostNanoUsd: details.reported_nano_usd }, price);
      this.#rollups.add(
        Number(row.seq),
        Number(row.timestamp_ms),
        Number(row.dimension_set_id),
        [...quantities, ...costs],
        0,
        quantities.length,
        price?.savedByCacheNanoUsd ?? 0,
        price?.savedByTierNanoUsd ?? 0,
        compared?.reportedNanoUsd ?? 0,
        compared?.computedNanoUsd ?? 0,
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
    const fingerprint = new BigInt64Array(1);
    const halves = new Int32Array(fingerprint.buffer);
    for (const row of latest.iterate()) {
      fingerprint[0] = row.fingerprint as bigint;
      this.#recent.add(halves[0]!, halves[1]!);
    }
  }
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
