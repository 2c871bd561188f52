import type { DatabaseSync } from 'node:sqlite';
import { HOUR_MS, type HourlyQuery, type SelectedSeries } from '../../domain/series.ts';
import { scanned } from './scanned.ts';
import { Groups, isSummedUp, type Selection, type Span, type Visit } from './selections.ts';
import { summedUp } from './summed-up.ts';

/** Hours of series (8 bytes each) held before it is known which of them are among the largest: 64 MB. */
const HOURS_HELD = 8_000_000;
const ALL_ROWS = Number.MAX_SAFE_INTEGER;

type Pass = (visit: Visit) => void;

/**
 * See `Ledger.hourly`; call within a read transaction. Series of users and tags begin where all charges of the hour
 * are still kept. One pass over the rollups and one over the charges, each only where asked for; a second one where
 * more than `hoursHeld` hours would have to be held to find the largest series.
 */
export function hourly(
  database: DatabaseSync,
  { fromMs, toMs, selections: asked }: HourlyQuery,
  hoursHeld = HOURS_HELD,
): SelectedSeries[][] {
  const selections = asked.map(
    ({ scope, unit, by }, index): Selection => ({ index, scope, by: by?.field, unit }),
  );
  const groups = new Groups();
  const found: SelectedSeries[][] = asked.map(() => []);
  const { firstMs, firstKeptMs } = beginnings(database);

  const bySets = selections.filter(isSummedUp);
  if (bySets.length > 0) {
    const span = spanFrom(firstMs);
    const sets = summedUp(database, bySets, groups);
    collect(bySets, span, (visit) => sets.eachHour({ spans: [span], throughRow: ALL_ROWS }, visit));
  }
  const byCharges = selections.filter((selection) => !isSummedUp(selection));
  if (byCharges.length > 0) {
    const span = spanFrom(firstKeptMs);
    const scan = scanned(database, byCharges, groups);
    collect(byCharges, span, (visit) => scan({ spans: [span], throughRow: ALL_ROWS }, visit));
  }
  return found;

  function spanFrom(beginningMs: number): Span {
    return { fromMs: Math.min(toMs, Math.max(fromMs, beginningMs)), toMs };
  }

  function collect(wanted: readonly Selection[], span: Span, pass: Pass): void {
    const hours = (span.toMs - span.fromMs) / HOUR_MS;
    const hourOf = (atMs: number) => Math.floor((atMs - span.fromMs) / HOUR_MS);
    const totals = new Map<number, number>();
    const amounts = new Map<number, Float64Array>();
    for (const selection of wanted) {
      if (selection.by === undefined) amounts.set(groups.numberOf(selection, ''), new Float64Array(hours));
    }
    let held = 0;
    pass((group, atMs, amount) => {
      if (!totals.has(group) && !amounts.has(group) && held + hours <= hoursHeld) {
        held += hours;
        amounts.set(group, new Float64Array(hours));
      }
      totals.set(group, (totals.get(group) ?? 0) + amount);
      const series = amounts.get(group);
      if (series) series[hourOf(atMs)]! += amount;
    });

    const kept = [...amounts.keys()].filter((group) => asked[selectionOf(group)]!.by === undefined);
    kept.push(...largest(totals));
    const late = new Map<number, Float64Array>();
    for (const group of kept) if (!amounts.has(group)) late.set(group, new Float64Array(hours));
    if (late.size > 0) {
      pass((group, atMs, amount) => {
        const series = late.get(group);
        if (series) series[hourOf(atMs)]! += amount;
      });
    }
    for (const group of kept) {
      const { selection, value } = groups.list[group]!;
      found[selection]!.push({
        value: asked[selection]!.by ? value : undefined,
        series: { startMs: span.fromMs, amounts: amounts.get(group) ?? late.get(group)! },
      });
    }
  }

  /** Of each selection with `by` the largest first, equal ones by value; those that add up to nothing are none. */
  function largest(totals: ReadonlyMap<number, number>): number[] {
    const nameOf = (group: number) => groups.list[group]!.value;
    const candidates = [...totals.keys()].filter((group) => totals.get(group) !== 0);
    return [...Map.groupBy(candidates, selectionOf)].flatMap(([selection, members]) =>
      members
        .sort((a, b) => totals.get(b)! - totals.get(a)! || (nameOf(a) < nameOf(b) ? -1 : 1))
        .slice(0, asked[selection]!.by?.top ?? 0),
    );
  }

  function selectionOf(group: number): number {
    return groups.list[group]!.selection;
  }
}

/** The hour of the ledger's first charge, and the first hour all of whose charges are kept; Infinity if there is none. */
function beginnings(database: DatabaseSync): { firstMs: number; firstKeptMs: number } {
  const { firstMs, keptMs } = database
    .prepare(
      `SELECT (SELECT min(hour) * ${HOUR_MS} FROM rollup_hour) AS firstMs,
              (SELECT min(timestamp_ms) / ${HOUR_MS} * ${HOUR_MS} FROM charge) AS keptMs`,
    )
    .get() as { firstMs: number | null; keptMs: number | null };
  const kept = keptMs ?? Number.POSITIVE_INFINITY;
  const first = Math.min(firstMs ?? Number.POSITIVE_INFINITY, kept);
  return { firstMs: first, firstKeptMs: first < kept ? kept + HOUR_MS : kept };
}
