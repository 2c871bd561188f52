import type { DatabaseSync } from 'node:sqlite';
import { isDimension, isTag, type ScopeField } from '../../domain/budget-scope.ts';
import { storedAmount } from './amount-sql.ts';
import {
  type Bounds,
  fitsBySet,
  type Groups,
  type Selection,
  unitColumns,
  type Visit,
} from './selections.ts';

type Row = readonly [
  timestampMs: number,
  setId: number,
  userId: string | null,
  tags: string | null,
  ...amounts: number[],
];

/** Reads charge by charge, for selections by users and tags: as far back as charges are stored. */
export function scanned(
  database: DatabaseSync,
  selections: readonly Selection[],
  groups: Groups,
): (bounds: Bounds, visit: Visit) => void {
  const { units, columnOf } = unitColumns(selections, 4);
  const takers = new Map(selections.map((selection) => [selection, takerOf(selection)]));
  const fits = fitsBySet(database, selections);
  const statement = database.prepare(
    `SELECT timestamp_ms, dimension_set_id, user_id, ${asksTags(selections) ? "details -> '$.tags'" : 'NULL'} AS tags,
            ${units.map((unit) => `CAST(${storedAmount(unit)} AS REAL)`).join(', ')}
     FROM charge WHERE timestamp_ms >= :fromMs AND timestamp_ms < :toMs AND seq <= :throughRow
       AND (user_id IS NOT NULL OR tags IS NOT NULL)`,
  );
  statement.setReturnArrays(true);

  return ({ spans, throughRow }, visit) => {
    for (const { fromMs, toMs } of spans) {
      const rows = statement.iterate({ fromMs, toMs, throughRow }) as unknown as Iterable<Row>;
      for (const row of rows) {
        const own = ownOf(row);
        for (const { selection, value } of fits.get(row[1]) ?? []) {
          const { rest, by, column } = takers.get(selection)!;
          if (!rest.every((pair) => own(pair.field) === pair.value)) continue;
          const subject = value ?? own(by!);
          if (subject === '' && by !== undefined) continue;
          visit(groups.numberOf(selection, subject), row[0], row[column] as number);
        }
      }
    }
  };

  /** What dimensions do not tell of a selection. */
  function takerOf(selection: Selection) {
    const rest = selection.scope.filter(({ field }) => !isDimension(field));
    return { rest, by: selection.by, column: columnOf(selection) };
  }
}

function asksTags(selections: readonly Selection[]): boolean {
  return selections.some(
    ({ scope, by }) => scope.some(({ field }) => isTag(field)) || (by !== undefined && isTag(by)),
  );
}

/** The charge's own user or tag; empty if it has none. Tags are parsed once, if anyone asks. */
function ownOf([, , userId, tags]: Row): (field: ScopeField) => string {
  let texts: Record<string, string> | undefined;
  return (field) => {
    if (!isTag(field)) return userId ?? '';
    if (tags === null) return '';
    texts ??= JSON.parse(tags) as Record<string, string>;
    const name = field.slice('tag:'.length);
    // A tag may be called `__proto__`.
    return Object.hasOwn(texts, name) ? texts[name]! : '';
  };
}
