import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Charge } from '../domain/charge.ts';
import { CodedError } from '../domain/errors.ts';
import type { CallPatterns, LedgerTotal, MinuteCost } from '../domain/ledger-sums.ts';
import type { Ports } from '../domain/ports.ts';
import type { HourlyQuery, SelectedSeries } from '../domain/series.ts';
import { packCharges } from './charge-batch.ts';
import type { AmountQuery, CallPatternQuery, Ledger, LedgerHealth } from './ledger.ts';
import { ReadersBeside } from './read-beside.ts';
import { LEDGER_FILE } from './sqlite/charge-store.ts';
import type { Opened, ReadRequest, Reply, Request } from './sqlite/protocol.ts';

export interface SqliteLedgerOptions {
  readonly directory: string;
  readonly retentionDays: number;
  /** Charges waiting for a commit beyond which `append` rejects with `ledger_busy`. */
  readonly pendingCharges: number;
  readonly ports: Ports;
  readonly onCommit?: (durationSeconds: number) => void;
  readonly onError?: (operation: LedgerOperation) => void;
  /** After every successful opening: the first, and those after a failure. */
  readonly onOpen?: () => Promise<void>;
}

/** What `onError` is told: each request to the worker, its opening, and the worker's own end. */
export const LEDGER_OPERATIONS = [
  'open',
  'append',
  'totals',
  'totalsBetween',
  'costByMinute',
  'position',
  'expire',
  'probe',
  'close',
  'worker',
] as const satisfies readonly (Request['op'] | 'open' | 'worker')[];
export type LedgerOperation = (typeof LEDGER_OPERATIONS)[number];

/** Transactions handed to the worker before it answered: one runs, one waits, the rest gathers into the next. */
const IN_FLIGHT = 2;
const TRANSACTION_CHARGES = 10_000;
const RETRY_MS = 5000;
const RETENTION_INTERVAL_MS = 600_000;
const DAY_MS = 86_400_000;

interface Waiting {
  readonly charges: readonly Charge[];
  readonly resolve: (stored: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

type Operation = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/**
 * The ledger in one SQLite file, written by a worker thread. Appends that arrive while a commit is running share
 * the next one. While the file cannot be used, appends are refused and opening or writing is tried every 5 s.
 */
export class SqliteLedger implements Ledger {
  readonly #options: SqliteLedgerOptions;
  #worker: Worker | undefined;
  readonly #readers: ReadersBeside;
  #nextId = 0;
  readonly #replies = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  #waiting: Waiting[] = [];
  #pending = 0;
  #inFlight = 0;
  #health: LedgerHealth = { up: false, rows: 0, bytes: 0, error: 'opening' };
  #retry: NodeJS.Timeout | undefined;
  readonly #retention: NodeJS.Timeout;
  #closing = false;
  #closed: Promise<void> | undefined;
  #onIdle: () => void = () => undefined;

  /**
   * Starts opening; `opened` tells the outcome of the first try: rejects with `ledger_locked` if another process has
   * the directory, which is final. Any other trouble resolves `false` and is retried in the background.
   */
  readonly opened: Promise<boolean>;

  constructor(options: SqliteLedgerOptions) {
    this.#options = options;
    this.#readers = new ReadersBeside(join(options.directory, LEDGER_FILE));
    this.opened = this.#open();
    this.#retention = setInterval(() => void this.#expire(), RETENTION_INTERVAL_MS).unref();
  }

  append(charges: readonly Charge[]): Promise<Uint8Array> {
    if (charges.length === 0) return Promise.resolve(new Uint8Array(0));
    if (this.#closing || !this.#worker) return Promise.reject(unavailable(this.#health.error ?? 'closing'));
    if (this.#pending + charges.length > this.#options.pendingCharges && this.#pending > 0) {
      return Promise.reject(
        new CodedError('ledger_busy', `${this.#pending} events are waiting to be stored; try again shortly`),
      );
    }
    this.#pending += charges.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ charges, resolve, reject });
      this.#pump();
    });
  }

  async totals(): Promise<readonly LedgerTotal[]> {
    return (await this.#ask({ op: 'totals' })) as readonly LedgerTotal[];
  }

  async totalsBetween(fromMs: number, toMs: number): Promise<readonly LedgerTotal[]> {
    return (await this.#ask({ op: 'totalsBetween', fromMs, toMs })) as readonly LedgerTotal[];
  }

  async costByMinute(fromMs: number): Promise<readonly MinuteCost[]> {
    return (await this.#ask({ op: 'costByMinute', fromMs })) as readonly MinuteCost[];
  }

  async position(): Promise<number> {
    return (await this.#ask({ op: 'position' })) as number;
  }

  async amounts(
    throughRow: number,
    queries: readonly AmountQuery[],
  ): Promise<readonly ReadonlyMap<string, number>[]> {
    if (queries.length === 0) return [];
    return (await this.#read({ op: 'amounts', throughRow, queries })) as ReadonlyMap<string, number>[];
  }

  async hourly(query: HourlyQuery): Promise<readonly (readonly SelectedSeries[])[]> {
    if (query.selections.length === 0) return [];
    return (await this.#read({ op: 'hourly', query })) as SelectedSeries[][];
  }

  async callPatterns(query: CallPatternQuery): Promise<CallPatterns> {
    return (await this.#read({ op: 'callPatterns', query })) as CallPatterns;
  }

  health(): LedgerHealth {
    return this.#health;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#retention);
    clearTimeout(this.#retry);
    await this.#readers.close();
    if (this.#pending > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    const worker = this.#worker;
    if (!worker) return;
    await this.#ask({ op: 'close' });
    this.#worker = undefined;
    await worker.terminate();
  }

  #pump(): void {
    while (this.#inFlight < IN_FLIGHT && this.#waiting.length > 0) {
      let size = 0;
      let take = 0;
      while (
        take < this.#waiting.length &&
        (take === 0 || size + this.#waiting[take]!.charges.length <= TRANSACTION_CHARGES)
      ) {
        size += this.#waiting[take++]!.charges.length;
      }
      const group = this.#waiting.splice(0, take);
      void this.#commit(group, size);
    }
  }

  async #commit(group: readonly Waiting[], size: number): Promise<void> {
    this.#inFlight += 1;
    try {
      const charges = group.length === 1 ? group[0]!.charges : group.flatMap((waiting) => waiting.charges);
      const stored = (await this.#ask({ op: 'append', batch: packCharges(charges) })) as Uint8Array;
      let at = 0;
      for (const waiting of group) {
        waiting.resolve(stored.subarray(at, at + waiting.charges.length));
        at += waiting.charges.length;
      }
    } catch (error) {
      for (const waiting of group) waiting.reject(error as Error);
    } finally {
      this.#inFlight -= 1;
      this.#pending -= size;
      this.#pump();
      if (this.#pending === 0) this.#onIdle();
    }
  }

  async #read(request: ReadRequest): Promise<unknown> {
    if (this.#closing || !this.#worker) throw unavailable(this.#health.error ?? 'closing');
    return this.#readers.ask(request);
  }

  async #ask(operation: Operation): Promise<unknown> {
    const worker = this.#worker;
    if (!worker) throw unavailable(this.#health.error ?? 'closed');
    const id = this.#nextId++;
    const request = { ...operation, id } as Request;
    const transfer =
      request.op === 'append' ? [request.batch.numbers.buffer, request.batch.fingerprints.buffer] : [];
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
      worker.postMessage(request, transfer);
    });
    if (!reply.ok) {
      this.#failed(operation.op, reply.message);
      throw unavailable(reply.message);
    }
    if (operation.op === 'append') this.#options.onCommit?.(reply.durationMs / 1000);
    if (!this.#health.up) this.#options.ports.log.info('ledger is writable again');
    this.#health = { up: true, rows: reply.rows, bytes: reply.bytes };
    return reply.value;
  }

  #open(): Promise<boolean> {
    const worker = new Worker(new URL('./sqlite/worker.ts', import.meta.url), {
      workerData: { directory: this.#options.directory },
    });
    return new Promise((resolve, reject) => {
      worker.once('message', (opened: Opened) => {
        if (opened.opened) {
          this.#worker = worker;
          this.#health = { up: true, rows: opened.rows, bytes: opened.bytes };
          worker.on('message', (reply: Reply) => {
            this.#replies.get(reply.id)?.resolve(reply);
            this.#replies.delete(reply.id);
          });
          void this.#options.onOpen?.().then(() => this.#expire());
          resolve(true);
        } else if (opened.locked) {
          reject(
            new CodedError(
              'ledger_locked',
              `${this.#options.directory} is in use by another llm-cost-exporter`,
            ),
          );
        } else {
          this.#failed('open', opened.message);
          resolve(false);
        }
      });
      worker.on('error', (error) => this.#crashed(worker, error));
    });
  }

  /** The worker is gone: nothing it had not acknowledged counts, and a new one replays what it had committed. */
  #crashed(worker: Worker, error: unknown): void {
    if (this.#worker === worker) this.#worker = undefined;
    const message = error instanceof Error ? error.message : String(error);
    this.#failed('worker', message);
    for (const { reject } of this.#replies.values()) reject(unavailable(message));
    this.#replies.clear();
  }

  #failed(operation: LedgerOperation, message: string): void {
    this.#options.onError?.(operation);
    if (this.#health.up || this.#health.error === 'opening') {
      this.#options.ports.log.error('ledger cannot be used; events are refused until it can', {
        operation,
        error: message,
      });
    }
    this.#health = { ...this.#health, up: false, error: message };
    if (this.#closing || this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#worker) this.#ask({ op: 'probe' }).catch(() => undefined);
      else this.#open().catch((reason) => this.#failed('open', String(reason)));
    }, RETRY_MS).unref();
  }

  async #expire(): Promise<void> {
    const beforeMs = this.#options.ports.now() - this.#options.retentionDays * DAY_MS;
    try {
      while (!this.#closing && (await this.#ask({ op: 'expire', beforeMs })) === true);
    } catch {
      // reported by #failed; tried again at the next interval
    }
  }
}

function unavailable(reason: string): CodedError {
  return new CodedError('ledger_unavailable', `the ledger cannot store events now: ${reason}`);
}
