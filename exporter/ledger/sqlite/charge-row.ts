import type { DatabaseSync } from 'node:sqlite';
import { METER, METERS, type Meter } from '../../domain/meters.ts';

/** Meters with a column of their own; the rest share `other_meters`, as most calls have none of them. */
export const METER_COLUMNS = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'reasoning',
  'request',
] as const satisfies readonly Meter[];

const OTHER_METERS = METERS.filter((meter) => !(METER_COLUMNS as readonly string[]).includes(meter)).map(
  (meter) => METER[meter],
);

const INSERT = `INSERT INTO charge (timestamp_ms, fingerprint, dimension_set_id, rate_card_id, ${METER_COLUMNS.join(', ')},
  other_meters, cost_nano_usd, reported_nano_usd, latency_ms, prompt_hash, user_id, execution_id, tags)
  VALUES (${new Array(METER_COLUMNS.length + 12).fill('?').join(', ')}) ON CONFLICT DO NOTHING`;

/** Refuses the second charge with the same (timestamp, fingerprint): `changes` is then 0. */
export function prepareInsert(database: DatabaseSync) {
  return database.prepare(INSERT);
}

export function otherMeters(numbers: Float64Array, quantitiesAt: number): string | null {
  let found: Record<string, number> | undefined;
  for (const meter of OTHER_METERS) {
    const quantity = numbers[quantitiesAt + meter]!;
    if (quantity === 0) continue;
    found ??= {};
    found[METERS[meter]!] = quantity;
  }
  return found ? JSON.stringify(found) : null;
}

/** Quantities per meter of a stored row. */
export function quantitiesOf(row: Record<string, unknown>): number[] {
  const others = row.other_meters ? (JSON.parse(String(row.other_meters)) as Record<string, number>) : {};
  return METERS.map((meter) => Number(row[meter] ?? others[meter] ?? 0));
}
