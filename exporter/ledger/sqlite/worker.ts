import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { ChargeStore } from './charge-store.ts';
import type { Opened, Reply, Request, Value } from './protocol.ts';
import { costByMinute, totals, totalsBetween } from './queries.ts';

/** Rollups may lag the charges by this much; a crash costs as long a replay at the next start. */
const FLUSH_INTERVAL_MS = 10_000;

const port = parentPort!;
const { directory } = workerData as { directory: string };

const store = open();
if (store) {
  port.on('message', (request: Request) => answer(store, request));
  setInterval(() => store.flushIfPossible(), FLUSH_INTERVAL_MS).unref();
}

function open(): ChargeStore | undefined {
  try {
    mkdirSync(directory, { recursive: true });
    const opened = new ChargeStore(directory);
    port.postMessage({ opened: true, ...opened.size() } satisfies Opened);
    return opened;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ opened: false, locked: message === 'locked', message } satisfies Opened);
    return undefined;
  }
}

function answer(store: ChargeStore, request: Request): void {
  const { id } = request;
  const started = performance.now();
  try {
    const value = perform(store, request);
    const durationMs = performance.now() - started;
    const size = request.op === 'close' ? { rows: 0, bytes: 0 } : store.size();
    const transfer = value instanceof Uint8Array ? [value.buffer] : [];
    port.postMessage({ id, ok: true, value, durationMs, ...size } satisfies Reply, transfer);
    if (request.op === 'close') port.close();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, ok: false, message, rows: 0, bytes: 0 } satisfies Reply);
  }
}

function perform(store: ChargeStore, request: Request): Value {
  switch (request.op) {
    case 'append':
      return store.append(request.batch);
    case 'totals':
      store.flush();
      return totals(store.database);
    case 'totalsBetween':
      store.flush();
      return totalsBetween(store.database, request.fromMs, request.toMs);
    case 'costByMinute':
      return costByMinute(store.database, request.fromMs);
    case 'position':
      return store.position();
    case 'expire':
      return store.expire(request.beforeMs);
    case 'probe':
      store.probe();
      return undefined;
    case 'close':
      store.close();
      return undefined;
  }
}
