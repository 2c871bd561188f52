import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { METERS } from '../../domain/meters.ts';

/** What is summed per hour and dimension set: each meter's quantity and cost, and the two kinds of savings as costs. */
export const MEASURES = [...METERS, 'saved_by_cache', 'saved_by_tier'] as const;

const HOUR_MS = 3_600_000;
const SET_SPACE = 2 ** 31;

/** One charge's numbers: quantities per meter, then costs per meter, then the two savings. */
export type MeasureSource = { readonly [index: number]: number };

/** Sums not yet written to the rollup tables. They are written together with the position they cover. */
export class RollupBuffer {
  readonly #sums = new Map<number, Float64Array>();
  readonly #hourly: StatementSync;
  readonly #total: StatementSync;
  readonly #state: StatementSync;
  #lastSeq = 0;
  #rows = 0;

  constructor(database: DatabaseSync) {
    this.#hourly = database.prepare(
      `INSERT INTO rollup_hour VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET quantity = quantity + excluded.quantity, cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`,
    );
    this.#total = database.prepare(
      `INSERT INTO rollup_total VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET quantity = quantity + excluded.quantity, cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`,
    );
    this.#state = database.prepare('UPDATE rollup_state SET seq = max(seq, ?), rows = rows + ?');
  }

  get size(): number {
    return this.#sums.size;
  }

  add(
    seq: number,
    timestampMs: number,
    dimensionSetId: number,
    source: MeasureSource,
    quantitiesAt: number,
    costsAt: number,
    savedByCache: number,
    savedByTier: number,
  ): void {
    const key = Math.floor(timestampMs / HOUR_MS) * SET_SPACE + dimensionSetId;
    let sums = this.#sums.get(key);
    if (!sums) {
      sums = new Float64Array(2 * MEASURES.length);
      this.#sums.set(key, sums);
    }
    for (let meter = 0; meter < METERS.length; meter++) {
      sums[2 * meter]! += source[quantitiesAt + meter]!;
      sums[2 * meter + 1]! += source[costsAt + meter]!;
    }
    sums[2 * METERS.length + 1]! += savedByCache;
    sums[2 * METERS.length + 3]! += savedByTier;
    this.#lastSeq = seq;
    this.#rows += 1;
  }

  /** Call inside a transaction; `clear` once it committed. */
  write(): void {
    const totals = new Map<number, Float64Array>();
    for (const [key, sums] of this.#sums) {
      const setId = key % SET_SPACE;
      const hour = (key - setId) / SET_SPACE;
      for (let measure = 0; measure < MEASURES.length; measure++) {
        const quantity = sums[2 * measure]!;
        const cost = sums[2 * measure + 1]!;
        if (quantity !== 0 || cost !== 0) this.#hourly.run(hour, setId, MEASURES[measure]!, quantity, cost);
      }
      const total = totals.get(setId);
      if (total) for (let i = 0; i < total.length; i++) total[i]! += sums[i]!;
      else totals.set(setId, sums.slice());
    }
    for (const [setId, sums] of totals) {
      for (let measure = 0; measure < MEASURES.length; measure++) {
        const quantity = sums[2 * measure]!;
        const cost = sums[2 * measure + 1]!;
        if (quantity !== 0 || cost !== 0) this.#total.run(setId, MEASURES[measure]!, quantity, cost);
      }
    }
    this.#state.run(this.#lastSeq, this.#rows);
  }

  clear(): void {
    this.#sums.clear();
    this.#rows = 0;
  }
}
