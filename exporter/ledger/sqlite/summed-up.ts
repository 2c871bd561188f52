import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { HOUR_MS } from '../../domain/series.ts';
import { rolledUpSum, storedSum } from './amount-sql.ts';
import {
  type Bounds,
  fitsBySet,
  type Groups,
  type Selection,
  unitColumns,
  type Visit,
} from './selections.ts';

/** Reads sums of whole dimension sets, for selections by dimensions only. Within one read transaction. */
export interface SummedUp {
  /** Sums of hours and dimension sets; the spans begin and end on the hour. A sum may be told in parts, some negative. */
  eachHour(bounds: Bounds, visit: Visit): void;
  /** Sums of spans and dimension sets, from the charges themselves; `atMs` is the span's beginning. */
  eachSpan(bounds: Bounds, visit: Visit): void;
}

export function summedUp(database: DatabaseSync, selections: readonly Selection[], groups: Groups): SummedUp {
  const { units, columnOf } = unitColumns(selections, 2);
  const targets = new Map<number, { group: number; column: number }[]>();
  for (const [setId, fits] of fitsBySet(database, selections)) {
    targets.set(
      setId,
      fits.map(({ selection, value = '' }) => ({
        group: groups.numberOf(selection, value),
        column: columnOf(selection),
      })),
    );
  }
  const { known } = database.prepare('SELECT count(*) AS known FROM dimension_set').get() as {
    known: number;
  };
  const isOurs = '(:sets IS NULL OR dimension_set_id IN (SELECT value FROM json_each(:sets)))';
  const sets = targets.size === known ? null : JSON.stringify([...targets.keys()]);
  const rolledUp = `SELECT hour * ${HOUR_MS}, dimension_set_id, ${units.map(rolledUpSum).join(', ')} FROM rollup_hour
    WHERE hour >= :from AND hour < :to AND ${isOurs} GROUP BY hour, dimension_set_id`;
  // The sign keeps SQLite from the index by time: the rows are few, and next to each other.
  const between = `SELECT timestamp_ms / ${HOUR_MS} * ${HOUR_MS} AS at, dimension_set_id, ${units.map(storedSum).join(', ')}
    FROM charge WHERE seq > :afterRow AND seq <= :throughRow AND +timestamp_ms >= :from AND +timestamp_ms < :to AND ${isOurs}
    GROUP BY at, dimension_set_id`;
  const stored = `SELECT CAST(:from AS INTEGER), dimension_set_id, ${units.map(storedSum).join(', ')} FROM charge
    WHERE timestamp_ms >= :from AND timestamp_ms < :to AND seq <= :throughRow AND ${isOurs} GROUP BY dimension_set_id`;

  return {
    eachHour({ spans, throughRow }, visit) {
      const { seq } = database.prepare('SELECT seq FROM rollup_state').get() as { seq: number };
      const missing = { afterRow: Math.min(seq, throughRow), throughRow: Math.max(seq, throughRow) };
      for (const { fromMs: from, toMs: to } of spans) {
        tell(rolledUp, { from: from / HOUR_MS, to: to / HOUR_MS }, 1, visit);
        if (seq !== throughRow) tell(between, { ...missing, from, to }, throughRow > seq ? 1 : -1, visit);
      }
    },
    eachSpan({ spans, throughRow }, visit) {
      for (const { fromMs: from, toMs: to } of spans) tell(stored, { from, to, throughRow }, 1, visit);
    },
  };

  function tell(sql: string, bounds: Record<string, SQLInputValue>, sign: 1 | -1, visit: Visit): void {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    const rows = statement.iterate({ ...bounds, sets }) as unknown as Iterable<readonly number[]>;
    for (const row of rows) {
      for (const { group, column } of targets.get(row[1]!)!) visit(group, row[0]!, sign * row[column]!);
    }
  }
}
