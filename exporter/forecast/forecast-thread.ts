import { Worker } from 'node:worker_threads';
import type { SeriesForecast } from '../domain/forecast.ts';
import type { HourlySeries } from '../domain/series.ts';
import type { ForecastOptions } from './index.ts';

export interface ForecastRequest {
  readonly series: HourlySeries;
  readonly options: ForecastOptions;
}

/** Some of a call's series, their hours one after the other. */
export interface ForecastBatch {
  readonly amounts: Float64Array;
  readonly requests: readonly {
    readonly startMs: number;
    readonly hours: number;
    readonly options: ForecastOptions;
  }[];
}

export type ForecastReply = { readonly forecasts: readonly SeriesForecast[] } | { readonly message: string };

export interface ForecastThreadOptions {
  /** Without a call for so long the thread ends; the next call starts another. */
  readonly idleMs?: number;
  /** A batch of a call that takes longer hangs. */
  readonly patienceMs?: number;
  /** What the thread runs. */
  readonly worker?: URL;
}

/** Of all series of a call. */
const MAXIMUM_HOURS = 8_000_000;
const MAXIMUM_CALLS = 8;
/** So many go to the thread at a time: to copy them takes a millisecond or so. */
const BATCH_SERIES = 50;
const IDLE_MS = 5000;
const PATIENCE_MS = 300_000;

interface Call {
  readonly requests: readonly ForecastRequest[];
  /** Of the first of them. */
  readonly forecasts: SeriesForecast[];
  readonly resolve: (forecasts: readonly SeriesForecast[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Forecasts in a thread of its own, so that the event loop goes on. The thread is there while there is work, one call
 * after the other. If it breaks, the call it worked on rejects and the next one has a new thread.
 */
export class ForecastThread {
  readonly #idleMs: number;
  readonly #patienceMs: number;
  readonly #file: URL;
  readonly #calls: Call[] = [];
  #worker: Worker | undefined;
  #current: Call | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ idleMs = IDLE_MS, patienceMs = PATIENCE_MS, worker }: ForecastThreadOptions = {}) {
    this.#idleMs = idleMs;
    this.#patienceMs = patienceMs;
    this.#file = worker ?? new URL('./forecast-worker.ts', import.meta.url);
  }

  /**
   * One forecast per request, in their order. The series are copied, and must not change before the answer. Rejects
   * where one of them cannot be forecast (see `forecastSeries`), on too many hours or calls, when the thread breaks and after `close`.
   */
  forecastAll(requests: readonly ForecastRequest[]): Promise<readonly SeriesForecast[]> {
    if (this.#isClosed) return Promise.reject(new Error('forecast: the thread is closed'));
    if (requests.length === 0) return Promise.resolve([]);
    if (this.#calls.length >= MAXIMUM_CALLS)
      return Promise.reject(
        new Error(`forecast: ${MAXIMUM_CALLS} calls are waiting already; try again later`),
      );
    const hours = requests.reduce((sum, { series }) => sum + series.amounts.length, 0);
    if (hours > MAXIMUM_HOURS)
      return Promise.reject(
        new RangeError(`forecast: expected at most ${MAXIMUM_HOURS} hours of series in a call, got ${hours}`),
      );
    return new Promise((resolve, reject) => {
      this.#calls.push({ requests, forecasts: [], resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread; calls under way reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#broken(worker, 'the thread was closed');
    for (const { reject } of this.#calls.splice(0)) reject(new Error('forecast: the thread was closed'));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current) return;
    clearTimeout(this.#timer);
    this.#current = this.#calls.shift();
    if (!this.#current) {
      this.#worker?.unref();
      this.#timer = setTimeout(() => this.#end(), this.#idleMs).unref();
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#post(this.#worker, this.#current);
  }

  #post(worker: Worker, { requests, forecasts }: Call): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#broken(worker, `no answer within ${this.#patienceMs / 1000} s`);
      void worker.terminate();
    }, this.#patienceMs).unref();
    const batch = packed(requests.slice(forecasts.length, forecasts.length + BATCH_SERIES));
    worker.postMessage(batch, [batch.amounts.buffer as ArrayBuffer]);
  }

  #start(): Worker {
    const worker = new Worker(this.#file);
    worker.on('message', (reply: ForecastReply) => {
      if (this.#worker !== worker) return;
      const call = this.#current!;
      if ('forecasts' in reply) {
        call.forecasts.push(...reply.forecasts);
        if (call.forecasts.length < call.requests.length) return this.#post(worker, call);
        call.resolve(call.forecasts);
      } else {
        call.reject(new RangeError(`forecast: ${reply.message}`));
      }
      this.#current = undefined;
      this.#next();
    });
    worker.on('error', (error) =>
      this.#broken(worker, error instanceof Error ? error.message : String(error)),
    );
    worker.on('exit', (code) => this.#broken(worker, `the thread ended with ${code}`));
    return worker;
  }

  /** Does nothing for a thread that has been given up already. */
  #broken(worker: Worker | undefined, reason: string): void {
    if (!worker || this.#worker !== worker) return;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    const call = this.#current;
    this.#current = undefined;
    call?.reject(new Error(`forecast: the thread broke: ${reason}`));
    if (!this.#isClosed) this.#next();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}

function packed(requests: readonly ForecastRequest[]): ForecastBatch {
  const amounts = new Float64Array(requests.reduce((sum, { series }) => sum + series.amounts.length, 0));
  let first = 0;
  const heads = requests.map(({ series, options }) => {
    amounts.set(series.amounts, first);
    first += series.amounts.length;
    return { startMs: series.startMs, hours: series.amounts.length, options };
  });
  return { amounts, requests: heads };
}
