import { isObject, type JsonObject } from './json.ts';
import { type ObservedCall, observedCall } from './observed-call.ts';
import { StreamUsage } from './stream-usage.ts';
import type { Dimensions } from './wire.ts';

export type Fetch = typeof globalThis.fetch;

export interface ObserverOptions {
  readonly fetch: Fetch;
  readonly providers: Readonly<Record<string, string>>;
  readonly includeUsage: boolean;
  /** Takes the response of a call, without its stream. */
  readonly report: (response: JsonObject, fields: Dimensions) => void;
}

/**
 * A `fetch` that reports the usage of the model calls among its requests. The caller gets what the provider sent, as
 * it comes: a stream is looked at while the caller reads it, never ahead, and what it cancels is cancelled.
 */
export function observedFetch(options: ObserverOptions): Fetch {
  return async (input, init) => {
    let call: ObservedCall | undefined;
    try {
      call = observedCall(input, init, options);
    } catch {
      call = undefined;
    }
    if (!call) return options.fetch(input, init);
    const startedMs = performance.now();
    const response = await options.fetch(call.input, call.init);
    try {
      return observe(response, call, startedMs, options);
    } catch {
      return response;
    }
  };
}

function observe(
  response: Response,
  call: ObservedCall,
  startedMs: number,
  options: ObserverOptions,
): Response {
  if (!response.ok || !response.body) return response;
  const report = (body: unknown) => {
    if (!isObject(body) || isUnderWay(body) || (call.isLookup && !isObject(body.usage))) return;
    const latency_ms = Math.round(performance.now() - startedMs);
    // A look at a call that was made before took no time of the model.
    options.report(body, { ...call.fields, ...(!call.isLookup && { latency_ms }) });
  };
  const type = response.headers.get('content-type') ?? '';
  if (/^text\/event-stream\b/i.test(type)) return observedStream(response, report);
  if (/^application\/json\b/i.test(type)) response.clone().json().then(report).catch(nothing);
  return response;
}

/** A response that is made in the background: it is asked for again until it is there. */
function isUnderWay(body: JsonObject): boolean {
  return (body.status === 'queued' || body.status === 'in_progress') && !isObject(body.usage);
}

function observedStream(response: Response, report: (body: JsonObject | undefined) => void): Response {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  const usage = new StreamUsage();
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    guarded(() => report(usage.end()));
  };
  // A caller that aborts reads no further, and so would not be told.
  reader.closed.catch(end);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            controller.close();
            end();
            return;
          }
          controller.enqueue(value);
          guarded(() => usage.push(decoder.decode(value, { stream: true })));
        } catch (error) {
          controller.error(error);
          end();
        }
      },
      cancel(reason) {
        end();
        return reader.cancel(reason);
      },
    },
    // Nothing is read before the caller asks for it.
    { highWaterMark: 0 },
  );
  const { status, statusText, headers, url, redirected, type } = response;
  const observed = new Response(body, { status, statusText, headers });
  for (const [name, value] of Object.entries({ url, redirected, type })) {
    Object.defineProperty(observed, name, { value, enumerable: true });
  }
  return observed;
}

function guarded(look: () => void): void {
  try {
    look();
  } catch {
    // What goes wrong with looking on is not the caller's.
  }
}

function nothing(): void {}
