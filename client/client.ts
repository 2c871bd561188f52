import { Delivery, type DeliveryStats } from './delivery.ts';
import { flushOnExit } from './exit-flush.ts';
import { itemOfResponse } from './item-of-response.ts';
import { type Fetch, observedFetch } from './observed-fetch.ts';
import { randomId } from './random-id.ts';
import type { ClientError, Dimensions, UsageEvent } from './wire.ts';

export interface ClientOptions {
  /** Of the exporter: `http://127.0.0.1:10464`, or the path of a proxy before it on the page's own host. */
  readonly url: string;
  /** Of every call; those of a call win. */
  readonly dimensions?: Dimensions;
  /** Calls in one request. */
  readonly batchSize?: number;
  /** The longest that a call waits for others. */
  readonly flushIntervalMs?: number;
  /** Calls that wait for the exporter; more are dropped. */
  readonly maxQueue?: number;
  /** In place of the global one, for the providers and for the exporter. */
  readonly fetch?: Fetch;
  /** Providers by host, for gateways and own servers: `{ 'llm.internal:8000': 'own' }`. */
  readonly providers?: Readonly<Record<string, string>>;
  /** Asks for the usage of streamed chat completions, which have none unless asked. Adds a last chunk to the stream. */
  readonly includeUsage?: boolean;
  readonly onError?: (error: ClientError) => void;
}

export interface ClientStats extends DeliveryStats {
  /** Calls that were made and do not say what they used. The exporter counts them as such. */
  readonly usageMissing: number;
}

export interface Client {
  /** Takes the usage from a provider's response (whole and parsed). Its content goes nowhere. Never throws. */
  track(response: unknown, dimensions?: Dimensions): void;
  /** Takes usage that is known in other ways. Never throws. */
  trackEvent(event: UsageEvent): void;
  /** For the OpenAI and Anthropic clients: `new OpenAI({ fetch: client.fetch })`. */
  readonly fetch: Fetch;
  /** Sends what is queued. Resolves when it is sent or cannot be now; never rejects. */
  flush(): Promise<void>;
  /** The last flush. Await it before `process.exit()`. */
  close(): Promise<void>;
  stats(): ClientStats;
}

/** A client that sends the usage of model calls to an exporter, in batches and in the background. */
export function createClient(options: ClientOptions): Client {
  const { dimensions, providers = {}, includeUsage = false, onError = () => {} } = options;
  const fetch: Fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init);
  const delivery = new Delivery({
    url: options.url.replace(/\/+$/, ''),
    batchSize: Math.max(1, options.batchSize ?? 100),
    flushIntervalMs: options.flushIntervalMs ?? 2000,
    maxQueue: Math.max(1, options.maxQueue ?? 10_000),
    fetch,
    onError,
  });
  let usageMissing = 0;
  const forget = flushOnExit(() => void delivery.flush({ evenIfAskedToWait: true }));

  function tell(code: ClientError['code'], message: string, lost: number): void {
    try {
      onError({ code, message, lost });
    } catch {
      // An error in telling of errors has nowhere to go.
    }
  }

  function guarded(take: () => void): void {
    try {
      take();
    } catch (error) {
      tell('unreadable', `a call cannot be told of: ${(error as Error).message}`, 1);
    }
  }

  function track(response: unknown, own: Dimensions = {}): void {
    guarded(() => {
      const reading = itemOfResponse(response, { ...dimensions, ...own }, Date.now());
      if (reading.kind === 'none') return tell(reading.code, reading.message, 1);
      if (reading.isUsageMissing) {
        usageMissing += 1;
        tell('usage_missing', 'a response does not say what it used', 1);
      }
      delivery.add(reading.item);
    });
  }

  function trackEvent(event: UsageEvent): void {
    guarded(() => {
      const id = event.id ?? randomId();
      const timestamp = event.timestamp ?? Date.now();
      const { provider: _, ...shared } = dimensions ?? {};
      delivery.add({ kind: 'event', text: JSON.stringify({ ...shared, ...event, id, timestamp }) });
    });
  }

  return {
    track,
    trackEvent,
    fetch: observedFetch({ fetch, providers, includeUsage, report: track }),
    flush: () => delivery.flush(),
    close: () => {
      forget();
      return delivery.close();
    },
    stats: () => ({ ...delivery.stats, usageMissing }),
  };
}
