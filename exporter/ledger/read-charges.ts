import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Charge, Price, RateCard, UnpricedReason } from '../domain/charge.ts';
import { CodedError } from '../domain/errors.ts';
import { schemaVersion } from './schema.ts';
import { detailsIn, METER_COLUMNS, priceAgain, quantitiesOf } from './sqlite/charge-row.ts';
import { LEDGER_FILE } from './sqlite/charge-store.ts';
import { dimensionReader } from './sqlite/dimension-sets.ts';

/** Charges of one read; between two of them nothing holds the writer's log from being cut. */
const PAGE = 5000;

/**
 * The stored charges of `[fromMs, toMs)` in time order, read beside an exporter that may be running; those stored after
 * the first one was asked for are not among them. Ids and prompt hashes are stored as fingerprints: `id` and `promptHash`
 * are those in hex, equal where the sent ones were (ids within a tenant), but not the sent ones.
 * Throws CodedError `ledger_not_found`, `ledger_too_new` or `ledger_unreadable`.
 */
export function* readCharges(
  directory: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Generator<Charge, void, undefined> {
  const database = openBeside(directory);
  try {
    const chargeOf = chargeReader(database);
    const { newest } = database.prepare('SELECT max(seq) AS newest FROM charge').get() as { newest: number };
    const page = database.prepare(
      `SELECT timestamp_ms, printf('%016x', fingerprint) AS id, dimension_set_id, rate_card_id, cost_nano_usd,
              latency_ms, prompt_hash, user_id, details, ${METER_COLUMNS.join(', ')}
       FROM charge
       WHERE (timestamp_ms, fingerprint) > (?, ?) AND timestamp_ms < ? AND seq <= ?
       ORDER BY timestamp_ms, fingerprint LIMIT ${PAGE}`,
    );
    let after: [timestampMs: number, fingerprint: bigint] = [Math.ceil(fromMs) - 1, 2n ** 63n - 1n];
    for (;;) {
      const rows = page.all(...after, toMs, newest);
      for (const row of rows) yield chargeOf(row);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = [Number(last.timestamp_ms), BigInt.asIntN(64, BigInt(`0x${last.id}`))];
    }
  } finally {
    database.close();
  }
}

/** Opens the file for reading and takes no lock. */
function openBeside(directory: string): DatabaseSync {
  const path = join(directory, LEDGER_FILE);
  if (!existsSync(path)) throw new CodedError('ledger_not_found', `no ledger at ${path}`);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    if (schemaVersion(database) > 0) return database;
  } catch (error) {
    database?.close();
    if (error instanceof CodedError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new CodedError('ledger_unreadable', `${path} cannot be read: ${message}`, { cause: error });
  }
  database.close();
  throw new CodedError('ledger_not_found', `no ledger at ${path}: the file has no tables yet`);
}

/** Turns rows back into the charges that were stored. */
function chargeReader(database: DatabaseSync): (row: Record<string, unknown>) => Charge {
  const dimensionsOf = dimensionReader(database);
  const findCard = database.prepare('SELECT card FROM rate_card WHERE id = ?');
  const cards = new Map<number, RateCard>();
  return (row) => {
    const details = detailsIn(row);
    const quantities = quantitiesOf(row, details);
    const { dimensions, unpricedReason } = dimensionsOf(Number(row.dimension_set_id));
    const price: Price =
      row.rate_card_id === 0
        ? { kind: 'unpriced', reason: unpricedReason as UnpricedReason }
        : priceAgain(cardOf(Number(row.rate_card_id)), quantities, Number(row.cost_nano_usd));
    return {
      event: {
        id: String(row.id),
        timestampMs: Number(row.timestamp_ms),
        dimensions,
        quantities,
        userId: String(row.user_id ?? ''),
        executionId: details.execution_id ?? '',
        promptHash: row.prompt_hash === 0 ? '' : Number(row.prompt_hash).toString(16),
        latencyMs: row.latency_ms === null ? undefined : Number(row.latency_ms),
        reportedCostNanoUsd: details.reported_nano_usd,
        tags: details.tags === undefined ? '' : JSON.stringify(details.tags),
      },
      price,
    };
  };

  function cardOf(id: number): RateCard {
    let card = cards.get(id);
    if (!card) {
      card = JSON.parse(String(findCard.get(id)!.card)) as RateCard;
      cards.set(id, card);
    }
    return card;
  }
}
