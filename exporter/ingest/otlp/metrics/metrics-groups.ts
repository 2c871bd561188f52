import type { Metric, MetricPoint } from './metrics-model.ts';
import type { Advance } from './metrics-running-totals.ts';
import type { TokenType } from './metrics-token-types.ts';

/** A point of usage, with what it adds to those before it. */
export interface Reading {
  readonly metric: Metric;
  readonly point: MetricPoint;
  readonly type: TokenType;
  readonly modality: string;
  /** Of the series, its start, time and value: the same when the point is sent again. */
  readonly id: string;
  /** Of a delta point its value. */
  readonly added: Advance | number;
}

/** A total and the points of the same request whose tokens it includes. */
export interface Group {
  readonly total: Reading | undefined;
  readonly parts: readonly Reading[];
}

/** Tokens that a reading adds; `undefined` where that is not known. */
export function amountOf({ added }: Reading): number | undefined {
  if (typeof added === 'number') return added;
  return typeof added === 'object' ? added.amount : undefined;
}

/** Puts points beside each other that differ in nothing but their token type: the same calls made them. */
export class Groups {
  readonly #groups = new Map<string, { total: Reading | undefined; readonly parts: Reading[] }>();
  readonly #seen = new Set<string>();

  add(key: string, reading: Reading, isTotal: boolean): void {
    // Twice in one request is once.
    if (this.#seen.has(reading.id)) return;
    this.#seen.add(reading.id);
    const group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, isTotal ? { total: reading, parts: [] } : { total: undefined, parts: [reading] });
    } else if (!isTotal) group.parts.push(reading);
    else if (!group.total) group.total = reading;
    // Two processes that cannot be told apart, at the same nanosecond: nothing says whose the parts are.
    else this.#groups.set(`${key} ${reading.id}`, { total: reading, parts: [] });
  }

  all(): Iterable<Group> {
    return this.#groups.values();
  }
}
