import type { DatabaseSync } from 'node:sqlite';
import type { CallPatterns, LedgerTotal, MinuteCost } from '../../domain/ledger-sums.ts';
import { emptyPerMeter, METER, METERS, type Meter } from '../../domain/meters.ts';
import { HOUR_MS } from '../../domain/series.ts';
import type { CallPatternQuery } from '../ledger.ts';
import { storedQuantity } from './amount-sql.ts';
import { METER_COLUMNS } from './charge-row.ts';
import { dimensionReader } from './dimension-sets.ts';

/** As REAL: a sum beyond 2^53 nano-USD (9 million USD) is rounded rather than refused. */
const SUMS = 'CAST(sum(quantity) AS REAL) AS quantity, CAST(sum(cost_nano_usd) AS REAL) AS cost_nano_usd';

/** The rollups must be up to date (`flush`). */
export function totals(database: DatabaseSync): LedgerTotal[] {
  return groupBySet(
    database,
    database
      .prepare(
        `SELECT dimension_set_id, meter, CAST(quantity AS REAL) AS quantity, CAST(cost_nano_usd AS REAL) AS cost_nano_usd
         FROM rollup_total ORDER BY min(first_seq) OVER (PARTITION BY dimension_set_id), dimension_set_id`,
      )
      .iterate(),
  );
}

/**
 * Whole hours from the rollups, the ragged ends from the charges themselves: their costs all sit on `request`, and
 * their savings and reported costs are not in.
 */
export function totalsBetween(database: DatabaseSync, fromMs: number, toMs: number): LedgerTotal[] {
  const firstHour = Math.ceil(fromMs / HOUR_MS);
  const endHour = Math.max(firstHour, Math.floor(toMs / HOUR_MS));
  const quantities = METERS.map((meter) => `sum(${storedQuantity(meter)}) AS ${meter}`);
  const ends = METERS.map(
    (meter) => `SELECT dimension_set_id, '${meter}', ${meter}, ${meter === 'request' ? 'cost' : 0} FROM ends`,
  );
  const sql = `
    WITH ends AS MATERIALIZED (
      SELECT dimension_set_id, sum(cost_nano_usd) AS cost, ${quantities.join(', ')} FROM charge
      WHERE timestamp_ms >= :fromMs AND timestamp_ms < min(:toMs, :firstHour * ${HOUR_MS})
         OR timestamp_ms >= max(:fromMs, :endHour * ${HOUR_MS}) AND timestamp_ms < :toMs
      GROUP BY dimension_set_id)
    SELECT dimension_set_id, meter, ${SUMS} FROM (
      SELECT dimension_set_id, meter, quantity, cost_nano_usd FROM rollup_hour WHERE hour >= :firstHour AND hour < :endHour
      UNION ALL ${ends.join(' UNION ALL ')}
    ) GROUP BY dimension_set_id, meter ORDER BY dimension_set_id`;
  return groupBySet(database, database.prepare(sql).iterate({ firstHour, endHour, fromMs, toMs }));
}

export function costByMinute(database: DatabaseSync, fromMs: number): MinuteCost[] {
  const minutes = database.prepare(
    `SELECT dimension_set_id, timestamp_ms / 60000 AS minute, sum(cost_nano_usd) AS cost_nano_usd
     FROM charge WHERE timestamp_ms >= ? GROUP BY dimension_set_id, minute`,
  );
  const dimensionsOf = dimensionReader(database);
  return minutes.all(fromMs).map((row) => ({
    dimensions: dimensionsOf(Number(row.dimension_set_id)).dimensions,
    atMs: Number(row.minute) * 60_000,
    costNanoUsd: Number(row.cost_nano_usd),
  }));
}

/** Measures that are costs without a quantity, and where they go. */
const COST_ONLY: Readonly<Record<string, keyof LedgerTotal>> = {
  saved_by_cache: 'savedByCacheNanoUsd',
  saved_by_tier: 'savedByTierNanoUsd',
  reported: 'reportedNanoUsd',
  computed: 'computedNanoUsd',
};

function groupBySet(database: DatabaseSync, rows: Iterable<Record<string, unknown>>): LedgerTotal[] {
  const dimensionsOf = dimensionReader(database);
  const found: LedgerTotal[] = [];
  let currentId = -1;
  let quantities: number[] = [];
  let costs: number[] = [];
  for (const row of rows) {
    const id = Number(row.dimension_set_id);
    if (id !== currentId) {
      currentId = id;
      quantities = emptyPerMeter();
      costs = emptyPerMeter();
      found.push({
        ...dimensionsOf(id),
        quantities,
        costs,
        savedByCacheNanoUsd: 0,
        savedByTierNanoUsd: 0,
        reportedNanoUsd: 0,
        computedNanoUsd: 0,
      });
    }
    const cost = Number(row.cost_nano_usd);
    const costOnly = COST_ONLY[String(row.meter)];
    if (costOnly) Object.assign(found.at(-1)!, { [costOnly]: cost });
    else {
      const meter = METER[row.meter as Meter];
      if (meter === undefined) continue;
      quantities[meter]! += Number(row.quantity);
      costs[meter]! += cost;
    }
  }
  return found;
}

export function callPatterns(database: DatabaseSync, query: CallPatternQuery): CallPatterns {
  const { fromMs, toMs, smallInputTokens, smallOutputTokens } = query;
  const first = database.prepare('SELECT min(timestamp_ms) AS ms FROM charge').get() as { ms: number | null };
  const startMs = Math.max(fromMs, first.ms ?? toMs);
  const repeatedPrompts = database
    .prepare(
      `SELECT tenant_id AS tenantId, provider, model, count(*) AS groups, sum(calls) AS calls,
              sum(cost) AS costNanoUsd, sum(cost - dearest) AS repeatCostNanoUsd
       FROM (SELECT d.tenant_id, d.provider, d.model, c.prompt_hash, count(*) AS calls,
                    sum(c.cost_nano_usd) AS cost, max(c.cost_nano_usd) AS dearest
             FROM charge c JOIN dimension_set d ON d.id = c.dimension_set_id
             WHERE c.timestamp_ms >= ? AND c.timestamp_ms < ? AND c.prompt_hash <> 0 AND d.status = 'success'
             GROUP BY d.tenant_id, d.provider, d.model, c.prompt_hash HAVING count(*) > 1)
       GROUP BY tenant_id, provider, model ORDER BY repeatCostNanoUsd DESC LIMIT 500`,
    )
    .all(startMs, toMs) as unknown as CallPatterns['repeatedPrompts'];
  const smallRequests = database
    .prepare(
      `SELECT d.tenant_id AS tenantId, d.provider, d.model, sum(c.request) AS calls, sum(c.cost_nano_usd) AS costNanoUsd,
              ${METER_COLUMNS.map((meter) => `sum(c.${meter}) AS ${meter}`).join(', ')}
       FROM charge c JOIN dimension_set d ON d.id = c.dimension_set_id
       WHERE c.timestamp_ms >= ? AND c.timestamp_ms < ? AND d.category = 'api_external' AND d.status = 'success'
         AND c.rate_card_id <> 0 AND c.request = 1 AND c.details ->> '$.meters' IS NULL
         AND c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h <= ? AND c.output + c.reasoning <= ?
       GROUP BY d.tenant_id, d.provider, d.model ORDER BY costNanoUsd DESC LIMIT 500`,
    )
    .all(startMs, toMs, smallInputTokens, smallOutputTokens)
    .map((row) => ({
      tenantId: String(row.tenantId),
      provider: String(row.provider),
      model: String(row.model),
      calls: Number(row.calls),
      quantities: METERS.map((meter) => Number(row[meter] ?? 0)),
      costNanoUsd: Number(row.costNanoUsd),
    }));
  return { windowHours: Math.max(0, toMs - startMs) / HOUR_MS, repeatedPrompts, smallRequests };
}
