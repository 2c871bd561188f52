import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Charge } from '../domain/charge.ts';
import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { HOUR_MS, type HourlyQuery, type SelectedSeries, type SeriesSelection } from '../domain/series.ts';
import type { AmountQuery, Ledger } from './ledger.ts';
import { amounts } from './sqlite/amounts.ts';
import { LEDGER_FILE } from './sqlite/charge-store.ts';
import { hourly } from './sqlite/hourly.ts';
import { totalsBetween } from './sqlite/queries.ts';

/** Of a dimension; several times what any setting asks for. */
const VALUES = 1000;

export interface PastLedgerOptions {
  readonly directory: string;
  /** The simulated clock: what was charged from then on is not there yet. */
  readonly now: () => number;
  /** Where the replay ends, and how far back from its beginning anyone asks for hours. */
  readonly toMs: number;
  readonly historyFromMs: number;
}

/** The ledger as it was at a moment of the past, read only. What is appended to it is there already. */
export class PastLedger implements Ledger {
  readonly #options: PastLedgerOptions;
  readonly #database: DatabaseSync;
  /** Series of the whole replay by their selection, cut to the moment that is asked for. */
  readonly #hours = new Map<string, readonly SelectedSeries[]>();

  constructor(options: PastLedgerOptions) {
    this.#options = options;
    this.#database = new DatabaseSync(join(options.directory, LEDGER_FILE), {
      readOnly: true,
      timeout: 5000,
    });
  }

  async append(charges: readonly Charge[]): Promise<Uint8Array> {
    return new Uint8Array(charges.length).fill(1);
  }

  /** A replay's counters begin at 0: what adds up before it is in no rate. */
  async totals(): Promise<readonly LedgerTotal[]> {
    return [];
  }

  async totalsBetween(fromMs: number, toMs: number): Promise<readonly LedgerTotal[]> {
    return this.#reading(() => totalsBetween(this.#database, fromMs, this.#cut(toMs)));
  }

  async costByMinute(): Promise<readonly never[]> {
    return [];
  }

  async position(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  async amounts(
    throughRow: number,
    queries: readonly AmountQuery[],
  ): Promise<readonly ReadonlyMap<string, number>[]> {
    const cut = queries.map((query) => {
      const toMs = this.#cut(query.toMs);
      return { ...query, fromMs: Math.min(query.fromMs, toMs), toMs };
    });
    return this.#reading(() => amounts(this.#database, throughRow, cut));
  }

  /** The running hour as far as it is over. */
  async hourly({ fromMs, toMs, selections }: HourlyQuery): Promise<readonly (readonly SelectedSeries[])[]> {
    const nowMs = this.#options.now();
    const wholeMs = Math.min(toMs, Math.floor(nowMs / HOUR_MS) * HOUR_MS);
    const whole = selections.map((selection) => this.#seriesUntil(selection, fromMs, wholeMs));
    if (toMs === wholeMs) return whole;
    const running = await this.amounts(
      Number.MAX_SAFE_INTEGER,
      selections.map(({ scope, unit, by }) => ({
        fromMs: wholeMs,
        toMs: nowMs,
        scope,
        unit,
        each: by?.field,
      })),
    );
    return whole.map((list, at) => withRunningHour(list, running[at]!, selections[at]!, wholeMs));
  }

  callPatterns(): never {
    throw new Error('a replay looks for no opportunities');
  }

  health() {
    return { up: true, rows: 0, bytes: 0 };
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #cut(toMs: number): number {
    return Math.min(toMs, this.#options.now());
  }

  /** Whole hours, which are over. */
  #seriesUntil(selection: SeriesSelection, fromMs: number, toMs: number): SelectedSeries[] {
    const found = this.#wholeOf(selection).map(({ value, series }) => ({
      value,
      series: sliced(series, fromMs, toMs),
    }));
    const { by } = selection;
    if (!by) return found;
    const sums = new Map(found.map((one) => [one, one.series.amounts.reduce((sum, each) => sum + each, 0)]));
    return found
      .filter((one) => sums.get(one)! > 0)
      .sort((a, b) => sums.get(b)! - sums.get(a)! || (a.value! < b.value! ? -1 : 1))
      .slice(0, by.top);
  }

  /** Of the whole replay; of a `by` those that may be among the largest at any time of it. */
  #wholeOf(selection: SeriesSelection): readonly SelectedSeries[] {
    const key = JSON.stringify(selection);
    const known = this.#hours.get(key);
    if (known) return known;
    const { by } = selection;
    const { historyFromMs, toMs } = this.#options;
    const whole = this.#hourly({
      fromMs: Math.floor(historyFromMs / HOUR_MS) * HOUR_MS,
      toMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS,
      selections: [by ? { ...selection, by: { ...by, top: VALUES } } : selection],
    });
    this.#hours.set(key, whole);
    return whole;
  }

  #hourly(query: HourlyQuery): SelectedSeries[] {
    return this.#reading(() => hourly(this.#database, query))[0]!;
  }

  #reading<T>(read: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return read();
    } finally {
      this.#database.exec('COMMIT');
    }
  }
}

/** The hours of `[fromMs, toMs)`, as far back as the series goes. */
function sliced(
  { startMs, amounts: whole }: SelectedSeries['series'],
  fromMs: number,
  toMs: number,
): SelectedSeries['series'] {
  const first = Math.max(0, (fromMs - startMs) / HOUR_MS);
  const end = Math.max(first, (toMs - startMs) / HOUR_MS);
  return { startMs: startMs + first * HOUR_MS, amounts: whole.slice(first, end) };
}

/** Beside it: a value that has nothing but the running hour, where there is room for it. */
function withRunningHour(
  list: readonly SelectedSeries[],
  running: ReadonlyMap<string, number>,
  { by }: SeriesSelection,
  atMs: number,
): SelectedSeries[] {
  const longer = list.map(({ value, series: { startMs, amounts: whole } }) => {
    const longer = new Float64Array(whole.length + 1);
    longer.set(whole);
    longer[whole.length] = running.get(value ?? '') ?? 0;
    return { value, series: { startMs, amounts: longer } };
  });
  if (!by) return longer;
  const known = new Set(list.map(({ value }) => value));
  const fresh = [...running].filter(([value, amount]) => amount > 0 && !known.has(value));
  return [
    ...longer,
    ...fresh
      .slice(0, by.top - longer.length)
      .map(([value, amount]) => ({ value, series: { startMs: atMs, amounts: Float64Array.of(amount) } })),
  ];
}
