import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { METERS } from '../../domain/meters.ts';

/**
 * What is summed per hour and dimension set: each meter's quantity and cost; as costs the two kinds of savings, and what
 * senders and we say of the calls that both have a cost for.
 */
export const MEASURES = [...METERS, 'saved_by_cache', 'saved_by_tier', 'reported', 'computed'] as const;

const HOUR_MS = 3_600_000;
const SET_SPACE = 2 ** 31;

/** One charge's numbers: quantities per meter somewhere, costs per meter somewhere. */
export type MeasureSource = { readonly [index: number]: number };

const KEYS_HELD = 50_000;

interface Sums {
  /** Quantity and cost of each measure in turn. */
  readonly values: Float64Array;
  /** Row id of the first charge in them. */
  readonly firstSeq: number;
}

/** Sums not yet written to the rollup tables. They are written together with the position they cover. */
export class RollupBuffer {
  /** Beyond it what is held is written whatever the time: a crash costs the replay of as many charges. */
  static readonly chargesHeld = 250_000;
  /** By hour and dimension set. */
  readonly #sums = new Map<number, Sums>();
  readonly #hourly: StatementSync;
  readonly #total: StatementSync;
  readonly #state: StatementSync;
  #lastSeq = 0;
  #charges = 0;

  constructor(database: DatabaseSync) {
    const add = `ON CONFLICT DO UPDATE
      SET quantity = quantity + excluded.quantity, cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`;
    this.#hourly = database.prepare(`INSERT INTO rollup_hour VALUES (?, ?, ?, ?, ?) ${add}`);
    this.#total = database.prepare(`INSERT INTO rollup_total VALUES (?, ?, ?, ?, ?) ${add}`);
    this.#state = database.prepare('UPDATE rollup_state SET seq = max(seq, ?), rows = rows + ?');
  }

  get isEmpty(): boolean {
    return this.#charges === 0;
  }

  get isFull(): boolean {
    return this.#sums.size >= KEYS_HELD || this.#charges >= RollupBuffer.chargesHeld;
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
    reported: number,
    computed: number,
  ): void {
    const key = Math.floor(timestampMs / HOUR_MS) * SET_SPACE + dimensionSetId;
    let sums = this.#sums.get(key);
    if (!sums) {
      sums = { values: new Float64Array(2 * MEASURES.length), firstSeq: seq };
      this.#sums.set(key, sums);
    }
    const { values } = sums;
    for (let meter = 0; meter < METERS.length; meter++) {
      values[2 * meter]! += source[quantitiesAt + meter]!;
      values[2 * meter + 1]! += source[costsAt + meter]!;
    }
    values[2 * METERS.length + 1]! += savedByCache;
    values[2 * METERS.length + 3]! += savedByTier;
    values[2 * METERS.length + 5]! += reported;
    values[2 * METERS.length + 7]! += computed;
    this.#lastSeq = seq;
    this.#charges += 1;
  }

  /** Call inside a transaction; `clear` once it committed. */
  write(): void {
    const totals = new Map<number, Sums>();
    for (const [key, { values, firstSeq }] of this.#sums) {
      const setId = key % SET_SPACE;
      const hour = (key - setId) / SET_SPACE;
      eachMeasure(values, (measure, quantity, cost) =>
        this.#hourly.run(hour, setId, measure, quantity, cost),
      );
      const total = totals.get(setId);
      if (total) for (let i = 0; i < values.length; i++) total.values[i]! += values[i]!;
      else totals.set(setId, { values: values.slice(), firstSeq });
    }
    for (const [setId, { values, firstSeq }] of totals) {
      eachMeasure(values, (measure, quantity, cost) =>
        this.#total.run(setId, measure, quantity, cost, firstSeq),
      );
    }
    this.#state.run(this.#lastSeq, this.#charges);
  }

  clear(): void {
    this.#sums.clear();
    this.#charges = 0;
  }
}

/** The measures that counted anything. A call that counted nothing but itself still has its `request`. */
function eachMeasure(
  values: Float64Array,
  visit: (measure: string, quantity: number, cost: number) => void,
): void {
  for (let measure = 0; measure < MEASURES.length; measure++) {
    const quantity = values[2 * measure]!;
    const cost = values[2 * measure + 1]!;
    if (quantity !== 0 || cost !== 0) visit(MEASURES[measure]!, quantity, cost);
  }
}
