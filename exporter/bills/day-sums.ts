import { type Bill, BillError, type BillLine, type BillWindow } from './bill.ts';
import { DAY_MS, isIn } from './utc-days.ts';

const MAX_ROWS = 100_000;

export interface BucketRow {
  /** Everything that the provider tells rows apart by. */
  readonly key: string;
  readonly amount: number;
}

export interface Bucket<Row extends BucketRow> {
  readonly dayMs: number;
  readonly rows: readonly Row[];
}

export interface CostRow extends BucketRow {
  readonly model: string;
  readonly projectId: string;
}

/** The bill that is in the buckets, those outside the window left out. Tokens are optional: a day may lack them. */
export function billOf(
  window: BillWindow,
  costs: readonly Bucket<CostRow>[],
  tokens: readonly Bucket<BucketRow>[],
): Bill {
  const lines = new Map<string, BillLine>();
  const nanoUsdByDay = new Map<number, number>();
  for (const [dayMs, rows] of rowsByDay(window, costs)) {
    let sum = 0;
    for (const { model, projectId, amount } of rows) {
      sum += amount;
      const key = JSON.stringify([dayMs, model, projectId]);
      const nanoUsd = (lines.get(key)?.nanoUsd ?? 0) + amount;
      lines.set(key, { dayMs, model, projectId, nanoUsd });
    }
    nanoUsdByDay.set(dayMs, sum);
  }
  const tokensByDay = new Map<number, number>();
  for (const [dayMs, rows] of rowsByDay(window, tokens)) {
    tokensByDay.set(
      dayMs,
      rows.reduce((sum, { amount }) => sum + amount, 0),
    );
  }
  return { lines: [...lines.values()], nanoUsdByDay, tokensByDay };
}

/**
 * A row that comes twice in one bucket is two rows; a bucket that comes again, on a page that was sent twice, replaces
 * its rows.
 */
function rowsByDay<Row extends BucketRow>(
  window: BillWindow,
  buckets: readonly Bucket<Row>[],
): Map<number, Row[]> {
  const days = new Map<number, Map<string, Row>>();
  let count = 0;
  for (const { dayMs, rows } of buckets) {
    if (!isIn(window, dayMs)) continue;
    if (dayMs % DAY_MS !== 0) throw new BillError('a bucket that does not begin at midnight UTC');
    count += rows.length;
    if (count > MAX_ROWS) throw new BillError(`more than ${MAX_ROWS} rows in ${days.size} days`);
    const own = new Map<string, Row>();
    for (const row of rows) {
      own.set(row.key, { ...row, amount: (own.get(row.key)?.amount ?? 0) + row.amount });
    }
    days.set(dayMs, new Map([...(days.get(dayMs) ?? []), ...own]));
  }
  return new Map([...days].map(([dayMs, rows]) => [dayMs, [...rows.values()]]));
}
