import { isObject } from './json.ts';
import type { ObserverOptions } from './observed-fetch.ts';
import { providerOfHost } from './providers.ts';
import type { Dimensions } from './wire.ts';

/** A request for a model, as it is to be sent. */
export interface ObservedCall {
  readonly input: Parameters<typeof globalThis.fetch>[0];
  readonly init: RequestInit | undefined;
  readonly fields: Dimensions;
  /** It asks for a response that was made before. */
  readonly isLookup: boolean;
}

const CALLS = /\/(?:chat\/completions|completions|responses|embeddings|messages)$/;
const LOOKUPS = /\/(?:responses|chat\/completions)\/[^/]+$/;
const CHAT = /\/chat\/completions$/;
const PREFIX = 'x-llm-';

/** `undefined` if a request is for something else. Its `X-LLM-…` headers are event fields and are not sent on. */
export function observedCall(
  input: ObservedCall['input'],
  init: RequestInit | undefined,
  { providers, includeUsage }: Pick<ObserverOptions, 'providers' | 'includeUsage'>,
): ObservedCall | undefined {
  const request = typeof input === 'object' && 'headers' in input ? input : undefined;
  // On a page a URL may be relative to it.
  const { location } = globalThis as { location?: { readonly href: string } };
  const url = new URL(request?.url ?? String(input), location?.href);
  const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
  const isLookup = method === 'GET' && LOOKUPS.test(url.pathname);
  if (!isLookup && !(method === 'POST' && CALLS.test(url.pathname))) return undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  const own = [...headers].filter(([name]) => name.startsWith(PREFIX));
  let sent = init;
  if (own.length > 0) {
    for (const [name] of own) headers.delete(name);
    sent = { ...init, headers };
  }
  if (includeUsage && CHAT.test(url.pathname)) sent = askingForUsage(sent);
  return {
    input,
    init: sent,
    fields: { provider: providerOfHost(url, providers), ...fieldsOf(own) },
    isLookup,
  };
}

/** `x-llm-tenant-id` is `tenant_id`. */
function fieldsOf(headers: readonly (readonly [name: string, value: string])[]): Dimensions {
  return Object.fromEntries(
    headers.map(([name, value]) => [name.slice(PREFIX.length).replaceAll('-', '_'), value]),
  );
}

function askingForUsage(init: RequestInit | undefined): RequestInit | undefined {
  if (typeof init?.body !== 'string' || !init.body.includes('"stream"')) return init;
  const body: unknown = JSON.parse(init.body);
  if (!isObject(body) || body.stream !== true) return init;
  const options = isObject(body.stream_options) ? body.stream_options : {};
  if (options.include_usage !== undefined) return init;
  return { ...init, body: JSON.stringify({ ...body, stream_options: { ...options, include_usage: true } }) };
}
