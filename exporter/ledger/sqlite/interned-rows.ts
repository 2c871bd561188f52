import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RateCard } from '../../domain/charge.ts';
import { DIMENSION_FIELDS } from '../charge-batch.ts';

/** Ids remembered before the cache starts anew; the tables know all of them. */
const CACHE_LIMIT = 200_000;

/** Row ids of dimension sets and rate cards: found or created, remembered in a bounded cache. */
export class InternedRows {
  readonly #insertSet: StatementSync;
  readonly #findSet: StatementSync;
  readonly #insertCard: StatementSync;
  readonly #findCard: StatementSync;
  readonly #sets = new Map<string, number>();
  readonly #cards = new Map<string, number>();

  constructor(database: DatabaseSync) {
    const columns = [...DIMENSION_FIELDS, 'unpriced_reason'];
    this.#insertSet = database.prepare(
      `INSERT INTO dimension_set (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       ON CONFLICT DO NOTHING`,
    );
    this.#findSet = database.prepare(
      `SELECT id FROM dimension_set WHERE ${columns.map((column) => `${column} = ?`).join(' AND ')}`,
    );
    this.#insertCard = database.prepare(
      'INSERT INTO rate_card (hash, card) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#findCard = database.prepare('SELECT id FROM rate_card WHERE hash = ?');
  }

  /** `key` is the set's values joined by NUL. */
  setId(key: string): number {
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const values = key.split('\0');
    this.#insertSet.run(...values);
    const { id } = this.#findSet.get(...values) as { id: number };
    if (this.#sets.size >= CACHE_LIMIT) this.#sets.clear();
    this.#sets.set(key, id);
    return id;
  }

  cardId(card: RateCard): number {
    const known = this.#cards.get(card.id);
    if (known !== undefined) return known;
    this.#insertCard.run(card.id, JSON.stringify(card));
    const { id } = this.#findCard.get(card.id) as { id: number };
    if (this.#cards.size >= CACHE_LIMIT) this.#cards.clear();
    this.#cards.set(card.id, id);
    return id;
  }

  /** Forgets everything: ids given out in a transaction that rolled back do not exist. */
  clear(): void {
    this.#sets.clear();
    this.#cards.clear();
  }
}
