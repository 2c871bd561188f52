import { onTestFinished } from 'vitest';
import { SqliteLedger, type SqliteLedgerOptions } from '../../exporter/ledger/sqlite-ledger.ts';
import { frozenPorts } from '../support/ports.ts';

/** A ledger that is open, and closed after the test. */
export async function openLedger(
  directory: string,
  options: Partial<SqliteLedgerOptions> = {},
): Promise<SqliteLedger> {
  const ledger = new SqliteLedger({
    directory,
    retentionDays: 400,
    pendingCharges: 100_000,
    ports: frozenPorts(),
    ...options,
  });
  onTestFinished(() => ledger.close());
  await ledger.opened;
  return ledger;
}
