import type { DatabaseSync } from 'node:sqlite';
import { applyRateCard, reportedPrice } from '../../domain/apply-rate-card.ts';
import { isReported, type Priced, type RateCard } from '../../domain/charge.ts';
import { METER, METERS, type Meter, type PerMeter } from '../../domain/meters.ts';

/** Meters with a column of their own; the rest are among the `details`, as most calls have none of them. */
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
  cost_nano_usd, latency_ms, prompt_hash, user_id, details)
  VALUES (${new Array(METER_COLUMNS.length + 9).fill('?').join(', ')}) ON CONFLICT DO NOTHING`;

/** Refuses the second charge with the same (timestamp, fingerprint): `changes` is then 0. */
export function prepareInsert(database: DatabaseSync) {
  return database.prepare(INSERT);
}

/** What few calls have, in one column: the rarer meters, the cost that the sender reported, an execution, tags. */
export interface Details {
  meters?: Record<string, number>;
  reported_nano_usd?: number;
  execution_id?: string;
  tags?: unknown;
}

/** JSON of the details, or null if there are none. `reportedNanoUsd` is negative and texts are empty if absent. */
export function detailsOf(
  numbers: Float64Array,
  quantitiesAt: number,
  reportedNanoUsd: number,
  executionId: string,
  tags: string,
): string | null {
  let details: Details | undefined;
  for (const meter of OTHER_METERS) {
    const quantity = numbers[quantitiesAt + meter]!;
    if (quantity === 0) continue;
    details ??= {};
    details.meters ??= {};
    details.meters[METERS[meter]!] = quantity;
  }
  if (reportedNanoUsd >= 0) details = { ...details, reported_nano_usd: reportedNanoUsd };
  if (executionId !== '') details = { ...details, execution_id: executionId };
  if (tags !== '') details = { ...details, tags: JSON.parse(tags) };
  return details ? JSON.stringify(details) : null;
}

/** The details of a stored row; none of them if it has none. */
export function detailsIn(row: Record<string, unknown>): Details {
  return row.details ? (JSON.parse(String(row.details)) as Details) : {};
}

/** Quantities per meter of a stored row. */
export function quantitiesOf(row: Record<string, unknown>, { meters = {} }: Details): number[] {
  return METERS.map((meter) => Number(row[meter] ?? meters[meter] ?? 0));
}

/**
 * The price that a stored row had: its card says all of it, unless the sender reported the cost. What a card cannot
 * make again is kept as one sum.
 */
export function priceAgain(card: RateCard, quantities: PerMeter, storedNanoUsd: number): Priced {
  const price = isReported(card) ? undefined : applyRateCard(card, quantities);
  return price ?? reportedPrice(card, storedNanoUsd);
}
