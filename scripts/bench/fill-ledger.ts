import { cpSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../exporter/config/schema.ts';
import { UsageEventReader } from '../../exporter/ingest/usage-events.ts';
import { packCharges } from '../../exporter/ledger/charge-batch.ts';
import { ChargeStore, LEDGER_FILE } from '../../exporter/ledger/sqlite/charge-store.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { finish, input } from './bench-context.ts';
import { createUsage } from './usage-workload.ts';

export interface FillInput {
  readonly dir: string;
  readonly variants: number;
  /** Ascending; the ledger is copied to `<dir>/<rows>` at each of them. */
  readonly rows: readonly number[];
}

export interface FilledLedger {
  readonly rows: number;
  readonly dataDir: string;
  /** Size of the file when it was closed, all of it checkpointed. */
  readonly bytes: number;
}

const SPAN_MS = 30 * 86_400_000;
const TRANSACTION_EVENTS = 10_000;

const { dir, variants, rows } = input<FillInput>();
const { pricing: pricingConfig } = configSchema.parse({});
const pricing = createPricing({ ...pricingConfig, gpuRates: [], file: 'defaults' });
const reader = new UsageEventReader();
const usage = createUsage(7);
const building = join(dir, 'building');
mkdirSync(building, { recursive: true });

/** Events come in time order and end a minute ago, with the exporter's own reading, pricing and storing. */
const nowMs = Date.now();
const bounds = { nowMs, futureMs: 0, retentionMs: 2 * SPAN_MS };
const most = rows.at(-1) ?? 0;
const startMs = nowMs - 60_000 - SPAN_MS;

const filled: FilledLedger[] = [];
let made = 0;
for (const target of rows) {
  const store = new ChargeStore(building);
  while (made < target) {
    const length = Math.min(TRANSACTION_EVENTS, target - made);
    const events = Array.from({ length }, (_, i) =>
      usage.event(usage.variant(variants), startMs + Math.floor(((made + i) / most) * SPAN_MS)),
    );
    const charges = reader.readAll(events, bounds).map((outcome) => {
      if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome));
      return { event: outcome.event, price: pricing.price(outcome.event) };
    });
    store.append(packCharges(charges));
    made += length;
  }
  store.close();
  const dataDir = join(dir, String(target));
  cpSync(building, dataDir, { recursive: true });
  filled.push({ rows: target, dataDir, bytes: statSync(join(dataDir, LEDGER_FILE)).size });
}
finish(filled);
