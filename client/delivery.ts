import { type Answer, answerOf } from './answer.ts';
import type { ClientError, Item } from './wire.ts';

export interface DeliveryOptions {
  /** Of the exporter, without a path. */
  readonly url: string;
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly maxQueue: number;
  readonly fetch: typeof globalThis.fetch;
  readonly onError: (error: ClientError) => void;
}

export interface DeliveryStats {
  readonly queued: number;
  /** Taken by the exporter, now or before. */
  readonly sent: number;
  /** Refused by the exporter. */
  readonly rejected: number;
  /** Given up: the queue was full, or the client was closed. */
  readonly dropped: number;
}

const REQUEST_TIMEOUT_MS = 5000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Of requests that a page may leave behind when it is left. */
const MAX_KEEPALIVE_BYTES = 60_000;

/**
 * A bounded queue of items, and one request at a time to the exporter. An item leaves it once the exporter has said
 * what became of it; until then it is sent again, as it is. Never throws, and no timer of it holds the process.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #queue: Item[] = [];
  #batchSize: number;
  /** Items that ever left the queue. */
  #left = 0;
  #sent = 0;
  #rejected = 0;
  #dropped = 0;
  #unreportedDrops = 0;
  #failures = 0;
  #notBeforeMs = 0;
  #isClosed = false;
  #attempt: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#batchSize = options.batchSize;
  }

  get stats(): DeliveryStats {
    const queued = this.#queue.length;
    return { queued, sent: this.#sent, rejected: this.#rejected, dropped: this.#dropped };
  }

  add(item: Item): void {
    if (this.#isClosed || this.#queue.length >= this.#options.maxQueue) {
      this.#dropped += 1;
      this.#unreportedDrops += 1;
      if (this.#isClosed || !this.#attempt) this.#reportDrops();
      return;
    }
    this.#queue.push(item);
    if (this.#failures > 0) return;
    this.#wakeIn(this.#queue.length >= this.#batchSize ? 0 : this.#options.flushIntervalMs);
  }

  /** Sends what is queued now. Resolves when it is sent, or when it cannot be: the rest then waits for its next turn. */
  async flush({ evenIfAskedToWait = false } = {}): Promise<void> {
    const until = this.#left + this.#queue.length;
    while (this.#left < until) {
      if (!evenIfAskedToWait && Date.now() < this.#notBeforeMs) return;
      if (!(await this.#send())) return;
    }
  }

  /** A last `flush`; what it cannot send is given up. */
  async close(): Promise<void> {
    await this.flush({ evenIfAskedToWait: true });
    this.#isClosed = true;
    this.#sleep();
    const lost = this.#queue.splice(0).length;
    this.#left += lost;
    this.#dropped += lost;
    if (lost > 0)
      this.#report('undelivered', `${lost} calls were not sent before the client was closed`, lost);
  }

  /** A timer that is due earlier stays. */
  #wakeIn(delayMs: number): void {
    const dueMs = Date.now() + delayMs;
    if (this.#isClosed || dueMs >= this.#timerDueMs) return;
    this.#sleep();
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#timerDueMs = Number.POSITIVE_INFINITY;
      void this.flush({ evenIfAskedToWait: true });
    }, delayMs);
    // Node: a timer that is waited for would keep the process.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  /** True if the first batch has left the queue. Those who ask while one is under way wait for that one. */
  #send(): Promise<boolean> {
    this.#attempt ??= this.#sendBatch().finally(() => {
      this.#attempt = undefined;
      this.#reportDrops();
      this.#sleep();
      if (this.#queue.length === 0) return;
      this.#wakeIn(this.#failures > 0 ? this.#retryDelayMs() : this.#options.flushIntervalMs);
    });
    return this.#attempt;
  }

  async #sendBatch(): Promise<boolean> {
    const batch = this.#nextBatch();
    const answer = await this.#post(batch);
    switch (answer.kind) {
      case 'taken':
        this.#sent += batch.length - answer.rejected;
        this.#rejected += answer.rejected;
        if (answer.message !== undefined) this.#report('rejected', answer.message, answer.rejected);
        break;
      case 'too large':
        if (batch.length > 1) {
          this.#batchSize = Math.ceil(batch.length / 2);
          return true;
        }
        this.#rejected += batch.length;
        this.#report('rejected', answer.message, batch.length);
        break;
      case 'refused':
        this.#rejected += batch.length;
        this.#report('rejected', answer.message, batch.length);
        break;
      case 'failed':
        this.#failures += 1;
        this.#notBeforeMs = Date.now() + answer.waitMs;
        this.#report('unreachable', answer.message, 0);
        return false;
    }
    this.#failures = 0;
    this.#queue.splice(0, batch.length);
    this.#left += batch.length;
    return true;
  }

  /** Events up to a number (of a page, and to a size), or one response. */
  #nextBatch(): Item[] {
    let bytes = 0;
    let length = 0;
    for (const { kind, text } of this.#queue) {
      bytes += sizeOnPage(text) + 1;
      const isFull = length >= this.#batchSize || bytes > MAX_KEEPALIVE_BYTES;
      if (length > 0 && (kind === 'response' || isFull)) break;
      length += 1;
      if (kind === 'response') break;
    }
    return this.#queue.slice(0, length);
  }

  async #post(batch: readonly Item[]): Promise<Answer> {
    const [first] = batch;
    const isResponse = first?.kind === 'response';
    try {
      const { fetch, url } = this.#options;
      const body = isResponse ? first.text : `[${batch.map(({ text }) => text).join(',')}]`;
      const response = await fetch(url + (isResponse ? first.path : '/v1/usage'), {
        method: 'POST',
        headers: { 'Content-Type': isResponse ? first.contentType : 'application/json' },
        body,
        keepalive: isPage() && sizeOnPage(body) <= MAX_KEEPALIVE_BYTES,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return await answerOf(response);
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      return { kind: 'failed', message: `the exporter cannot be reached: ${reason}`, waitMs: 0 };
    }
  }

  /** Doubles with each failure; half of it is chance, lest many clients come back at once. */
  #retryDelayMs(): number {
    const ms = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    return Math.max(ms * (0.5 + Math.random() / 2), this.#notBeforeMs - Date.now());
  }

  #reportDrops(): void {
    const lost = this.#unreportedDrops;
    this.#unreportedDrops = 0;
    if (lost === 0) return;
    const { maxQueue } = this.#options;
    this.#report(
      'queue_full',
      this.#isClosed ? 'the client is closed' : `more than ${maxQueue} calls are waiting`,
      lost,
    );
  }

  #report(code: ClientError['code'], message: string, lost: number): void {
    try {
      this.#options.onError({ code, message, lost });
    } catch {
      // An error in telling of errors has nowhere to go.
    }
  }
}

function isPage(): boolean {
  return 'document' in globalThis;
}

/** Bytes of a text; 0 elsewhere, where nothing limits them. */
function sizeOnPage(text: string): number {
  return isPage() ? new TextEncoder().encode(text).length : 0;
}
