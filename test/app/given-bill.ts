import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { BillWatch } from '../../exporter/app/bill-watch.ts';
import { Books } from '../../exporter/app/books.ts';
import { type Config, configSchema } from '../../exporter/config/schema.ts';
import { SqliteLedger } from '../../exporter/ledger/sqlite-ledger.ts';
import { billBlocks } from '../../exporter/publish/bills.ts';
import { KEY } from '../bills/fake-provider.ts';
import type { FrozenPorts } from '../support/ports.ts';
import { familyOf } from '../support/series.ts';
import { tempDir } from '../support/temp-dir.ts';

export type BillSettings = Partial<Config['bills'][number]>;

/** A file with the key that the fake providers know. */
export function keyFile(): string {
  const path = join(tempDir(), 'admin-key');
  writeFileSync(path, `${KEY}\n`);
  return path;
}

/** A watch over a ledger and its books, without timers. Closed after the test, unless it was before. */
export async function givenBill(dataDir: string, settings: BillSettings, ports: FrozenPorts) {
  const config = configSchema.parse({ bills: [{ provider: 'openai', admin_key_file: 'none', ...settings }] });
  const budgets = { subjects: 10, topSubjects: 10 };
  const books = new Books({ labelSets: 1000, timeZone: 'UTC', definitions: [], budgets, ports });
  const ledger: SqliteLedger = new SqliteLedger({
    directory: dataDir,
    retentionDays: 400,
    pendingCharges: 1000,
    ports,
    onOpen: () => books.restore(ledger),
  });
  await ledger.opened;
  while (books.waitingFor !== undefined) await nextTurn();
  const counted = new Map<string, number>();
  const watch = new BillWatch({
    settings: config.bills[0]!,
    fetch,
    ledger,
    store: (charges) => books.store(ledger, charges),
    self: {
      ingested: (source, result, events) => {
        const key = `${source} ${result}`;
        counted.set(key, (counted.get(key) ?? 0) + events);
      },
    },
    ports,
  });
  const close = async () => {
    await watch.stop();
    await ledger.close();
  };
  onTestFinished(close);
  return {
    watch,
    books,
    ledger,
    /** Events of the source `bill` by what became of them. */
    counted,
    close,
    /** What is published of the bill, a family by the values of its labels. */
    published: (family: string) => Object.fromEntries(familyOf(billBlocks([watch.status]), family)),
    /** The counters, a family by the values of its labels. */
    counter: (family: string) =>
      Object.fromEntries(familyOf(books.aggregate.blocks(ports.now(), undefined), family)),
  };
}
