import { anthropicCounts, openaiCounts } from './counts.ts';
import { isObject, type JsonObject, textAt } from './json.ts';
import { operationOf, serviceTierOf, statusOf } from './outcome.ts';
import { providerOfBody, READ_BY_EXPORTER } from './providers.ts';
import { randomId } from './random-id.ts';
import { reducedBody } from './reduced-body.ts';
import type { Dimensions, Item, UsageEvent } from './wire.ts';

/** What becomes of a response. */
export type Reading =
  | { readonly kind: 'item'; readonly item: Item; readonly isUsageMissing: boolean }
  | { readonly kind: 'none'; readonly code: 'unreadable' | 'unknown_provider'; readonly message: string };

/** Shorter ids of responses repeat: Ollama numbers its from 0 to 999. */
const MIN_ID_LENGTH = 16;
/** Before it `created` is a zero or worse. */
const EARLIEST_SECONDS = 1_420_070_400;

/** A response of a provider (parsed, whole) as the usage that it reports, without its content. */
export function itemOfResponse(response: unknown, given: Dimensions, nowMs: number): Reading {
  if (!isObject(response)) return none('unreadable', `the response is no object but ${typeof response}`);
  const { provider = providerOfBody(response), ...fields } = given;
  if (provider === undefined) {
    return none(
      'unknown_provider',
      'it is not to be seen whose response it is; expected a provider beside it',
    );
  }
  const id = fields.id ?? ownId(response) ?? randomId();
  const timestamp = fields.timestamp ?? createdMs(response) ?? nowMs;
  const event = eventOf(provider, response, { ...fields, id, timestamp });
  if (event)
    return { kind: 'item', item: { kind: 'event', text: JSON.stringify(event) }, isUsageMissing: false };
  const { tags: _, ...attributes } = { ...fields, id, timestamp };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null) query.set(name, String(value));
  }
  const path = `/v1/usage/${encodeURIComponent(provider)}?${query}`;
  const body = reducedBody(response);
  const text = JSON.stringify(body);
  const item: Item = hasUsage(body)
    ? { kind: 'response', path, contentType: 'application/json', text }
    : // As a stream that ended without usage: seen, not counted, and nobody's mistake.
      { kind: 'response', path, contentType: 'text/event-stream', text: `data: ${text}\n\n` };
  return { kind: 'item', item, isUsageMissing: !hasUsage(body) };
}

/** The usage as an event, where an event can say all of it. */
function eventOf(
  provider: string,
  response: JsonObject,
  fields: Omit<Dimensions, 'provider'>,
): UsageEvent | undefined {
  const model = textAt(response, 'model');
  if (model === undefined || READ_BY_EXPORTER.has(provider)) return undefined;
  const isMessage = provider === 'anthropic' || (provider !== 'openai' && response.type === 'message');
  const usage = isMessage ? anthropicCounts(response) : openaiCounts(response);
  if (!usage) return undefined;
  const tier = serviceTierOf(response);
  return {
    operation: operationOf(response),
    status: statusOf(response),
    ...fields,
    ...(tier !== undefined && { service_tier: tier }),
    provider,
    model,
    usage,
  };
}

function none(code: 'unreadable' | 'unknown_provider', message: string): Reading {
  return { kind: 'none', code, message };
}

function ownId(response: JsonObject): string | undefined {
  const id = textAt(response, 'id') ?? textAt(response, 'responseId');
  return id !== undefined && id.length >= MIN_ID_LENGTH && id.length <= 256 ? id : undefined;
}

function createdMs({ created, created_at }: JsonObject): number | undefined {
  const seconds = created ?? created_at;
  return typeof seconds === 'number' && seconds >= EARLIEST_SECONDS ? Math.round(seconds * 1000) : undefined;
}

function hasUsage(body: JsonObject): boolean {
  const places = [body.usage, body.usageMetadata, body.tokenUsage, body.meta];
  for (const part of [body.response, body.result]) if (isObject(part)) places.push(part.usage);
  return places.some((place) => isObject(place) && Object.keys(place).length > 0);
}
