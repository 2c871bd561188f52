import type { DatabaseSync } from 'node:sqlite';
import { HOUR_MS } from '../../domain/series.ts';
import type { AmountQuery } from '../ledger.ts';
import { scanned } from './scanned.ts';
import { Groups, isSummedUp, merged, type Selection, type Span } from './selections.ts';
import { summedUp } from './summed-up.ts';

/**
 * See `Ledger.amounts`; call within a read transaction. Whole hours come from the rollups, put right by the charges
 * between their position and `throughRow`. Ragged ends, users and tags come from the charges, as long as they are kept.
 */
export function amounts(
  database: DatabaseSync,
  throughRow: number,
  queries: readonly AmountQuery[],
): ReadonlyMap<string, number>[] {
  const selections = queries.map(
    ({ scope, unit, each }, index): Selection => ({ index, scope, by: each, unit }),
  );
  const groups = new Groups();
  const sums: number[] = [];
  addSummedUp(selections.filter(isSummedUp));
  addScanned(selections.filter((selection) => !isSummedUp(selection)));

  const found = queries.map(({ each }) => new Map<string, number>(each === undefined ? [['', 0]] : []));
  groups.list.forEach(({ selection, value }, group) => {
    if (sums[group]) found[selection]!.set(value, sums[group]);
  });
  return found;

  function addSummedUp(asked: readonly Selection[]): void {
    if (asked.length === 0) return;
    const whole = new Map(asked.map(({ index }) => [index, wholeHours(queries[index]!)]));
    const sets = summedUp(database, asked, groups);
    sets.eachHour({ spans: merged([...whole.values()]), throughRow }, (group, atMs, amount) => {
      if (isWithin(whole.get(selectionOf(group))!, atMs)) add(group, amount);
    });
    for (const { span, askers } of raggedEnds(asked)) {
      sets.eachSpan({ spans: [span], throughRow }, (group, _atMs, amount) => {
        if (askers.has(selectionOf(group))) add(group, amount);
      });
    }
  }

  function addScanned(asked: readonly Selection[]): void {
    if (asked.length === 0) return;
    const spans = merged(asked.map(({ index }) => queries[index]!));
    scanned(
      database,
      asked,
      groups,
    )({ spans, throughRow }, (group, atMs, amount) => {
      if (isWithin(queries[selectionOf(group)]!, atMs)) add(group, amount);
    });
  }

  /** What the whole hours leave over, each once however many ask for it. */
  function raggedEnds(asked: readonly Selection[]) {
    const ends = new Map<string, { readonly span: Span; readonly askers: Set<number> }>();
    for (const { index } of asked) {
      const { fromMs, toMs } = queries[index]!;
      const whole = wholeHours(queries[index]!);
      for (const span of [
        { fromMs, toMs: Math.min(toMs, whole.fromMs) },
        { fromMs: Math.max(fromMs, whole.toMs), toMs },
      ]) {
        if (span.fromMs >= span.toMs) continue;
        const key = `${span.fromMs} ${span.toMs}`;
        const end = ends.get(key) ?? { span, askers: new Set() };
        end.askers.add(index);
        ends.set(key, end);
      }
    }
    return ends.values();
  }

  function selectionOf(group: number): number {
    return groups.list[group]!.selection;
  }

  function add(group: number, amount: number): void {
    sums[group] = (sums[group] ?? 0) + amount;
  }
}

/** The whole hours of the query; empty, from the first one on, where there is none. */
function wholeHours({ fromMs, toMs }: Span): Span {
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  return { fromMs: first, toMs: Math.max(first, Math.floor(toMs / HOUR_MS) * HOUR_MS) };
}

function isWithin({ fromMs, toMs }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < toMs;
}
