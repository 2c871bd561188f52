import type { DatabaseSync } from 'node:sqlite';
import type { LedgerTotal } from '../../domain/ledger-sums.ts';
import { DIMENSION_FIELDS } from '../charge-batch.ts';

/** Who and what charges belong to, and why they have no price where they have none. */
export type DimensionSet = Pick<LedgerTotal, 'dimensions' | 'unpricedReason'>;

/** Dimension sets by id, each one object. */
export function dimensionReader(database: DatabaseSync): (id: number) => DimensionSet {
  const find = database.prepare('SELECT * FROM dimension_set WHERE id = ?');
  const known = new Map<number, DimensionSet>();
  return (id) => {
    let found = known.get(id);
    if (!found) {
      found = dimensionSetOf(find.get(id) as Record<string, unknown>);
      known.set(id, found);
    }
    return found;
  };
}

export function* eachDimensionSet(database: DatabaseSync): Generator<DimensionSet & { id: number }> {
  for (const row of database.prepare('SELECT * FROM dimension_set').iterate()) {
    yield { id: Number(row.id), ...dimensionSetOf(row) };
  }
}

function dimensionSetOf(row: Record<string, unknown>): DimensionSet {
  return {
    dimensions: Object.fromEntries(
      DIMENSION_FIELDS.map((field) => [field, row[field]]),
    ) as unknown as DimensionSet['dimensions'],
    unpricedReason: row.unpriced_reason as DimensionSet['unpricedReason'],
  };
}
