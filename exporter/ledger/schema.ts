import type { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../domain/errors.ts';

/** Bump when a table changes, and add the step to `migrate`. */
const SCHEMA_VERSION = 1;

const TABLES = `
-- Who and what a charge belongs to; charges refer to it by id.
CREATE TABLE dimension_set (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL, model TEXT NOT NULL, tenant_id TEXT NOT NULL, team TEXT NOT NULL,
  project_id TEXT NOT NULL, feature TEXT NOT NULL, environment TEXT NOT NULL, operation TEXT NOT NULL,
  service_tier TEXT NOT NULL, status TEXT NOT NULL, category TEXT NOT NULL, unpriced_reason TEXT NOT NULL,
  UNIQUE (provider, model, tenant_id, team, project_id, feature, environment, operation, service_tier, status,
          category, unpriced_reason)
) STRICT;

-- The prices that charges were priced with, never changed once written.
CREATE TABLE rate_card (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  card TEXT NOT NULL -- JSON of domain/charge.ts RateCard
) STRICT;

-- One row per call or resource accrual. Append-only; the key arrives nearly in time order, so its index stays hot.
CREATE TABLE charge (
  seq INTEGER PRIMARY KEY,
  timestamp_ms INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL, -- of the tenant and the event id
  dimension_set_id INTEGER NOT NULL,
  rate_card_id INTEGER NOT NULL, -- 0: unpriced
  input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
  request INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  latency_ms INTEGER,
  prompt_hash INTEGER NOT NULL, -- 47-bit fingerprint of the sender's hash, 0 if none
  user_id TEXT,
  details TEXT, -- JSON {meters: {meter: quantity}, reported_nano_usd, execution_id, tags} of what there is
  UNIQUE (timestamp_ms, fingerprint)
) STRICT;

-- Sums by hour (of the timestamp, UTC) and for all time; they cover all charges up to rollup_state.seq.
CREATE TABLE rollup_hour (
  hour INTEGER NOT NULL, dimension_set_id INTEGER NOT NULL, meter TEXT NOT NULL,
  quantity INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (hour, dimension_set_id, meter)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_total (
  dimension_set_id INTEGER NOT NULL, meter TEXT NOT NULL,
  quantity INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,
  first_seq INTEGER NOT NULL, -- of the set's first charge: the order of first appearance
  PRIMARY KEY (dimension_set_id, meter)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_state (seq INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT;
INSERT INTO rollup_state VALUES (0, 0);
`;

/**
 * Version of the tables in the file, 0 where there are none. Throws CodedError `ledger_too_new` on a file made by a newer
 * version, rather than guess at its meaning.
 */
export function schemaVersion(database: DatabaseSync): number {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) {
    throw new CodedError(
      'ledger_too_new',
      `the ledger has schema version ${version}, this program knows up to ${SCHEMA_VERSION}`,
    );
  }
  return version;
}

/** Creates the tables in a new file. */
export function migrate(database: DatabaseSync): void {
  if (schemaVersion(database) === 0) {
    database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
  }
}
