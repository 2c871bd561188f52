import { extractUsage, type Provider, type Usage } from '@pydantic/genai-prices';
import type { Status } from '../domain/usage-event.ts';
import type { RejectionCode } from './outcome.ts';
import { badCount, disjointCounts } from './provider/counts.ts';
import { extractingProvider, PROVIDERS } from './provider/extractors.ts';
import { isObject, type JsonObject, objectAt, stringAt } from './provider/json.ts';
import { serviceTierOf, statusOf, timestampMsOf } from './provider/outcome.ts';
import { flavorFor, type Shape, shapeOf } from './provider/shape.ts';

export { PROVIDERS };

/** What a response body says by itself; what it does not say is absent. */
export interface ProviderUsage {
  readonly id?: string;
  readonly model?: string;
  /** Disjoint quantities in the order of `METERS`; one `request`. */
  readonly quantities: number[];
  readonly serviceTier?: string;
  readonly operation?: string;
  readonly status?: Status;
  readonly timestampMs?: number;
}

export type ProviderResponse =
  | { readonly kind: 'usage'; readonly usage: ProviderUsage }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

/**
 * Reads the usage of a provider's raw response. What the numbers include depends on the provider, not on how the
 * body looks, so the provider has to be the one that sent it.
 * @param provider one of `PROVIDERS`
 * @param body the parsed JSON
 */
export function readProviderResponse(provider: string, body: unknown): ProviderResponse {
  const known = extractingProvider(provider);
  if (!known) {
    return rejected('unknown_provider', `provider: expected one of ${PROVIDERS.join(', ')}, got ${provider}`);
  }
  if (!isObject(body)) return rejected('invalid_event', `body: expected a JSON object, got ${nameOf(body)}`);
  const found = shapeOf(body);
  if (!found) return rejected('usage_missing', usageMissing(body));
  const { shape, usage } = found;
  const reader = readerFor(known, shape, usage);
  if (!reader) {
    return rejected('invalid_event', `body: usage in the form of ${shape}, which ${known.id} does not have`);
  }
  const bad = badCount(usage, 'usage');
  if (bad !== undefined) return rejected('inconsistent_usage', bad);
  const read = extract(
    reader.provider,
    reader.flavor,
    shape === 'embeddings' ? withoutAnswer(body, usage) : body,
  );
  if (typeof read === 'string') return rejected('usage_missing', read);
  const quantities = disjointCounts(known.id, shape, usage, read);
  if (typeof quantities === 'string') return rejected('inconsistent_usage', quantities);
  return { kind: 'usage', usage: { quantities, ...describe(shape, body, usage) } };
}

function rejected(code: RejectionCode, message: string): ProviderResponse {
  return { kind: 'rejected', code, message };
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}

/** Never the error's text: it may quote the prompt. */
function usageMissing(body: JsonObject): string {
  if (!isObject(body.error)) return 'body: no usage in it';
  const kind = stringAt(body.error, 'type') ?? stringAt(body.error, 'status') ?? 'unnamed';
  return `body: an error response (${kind}) without usage`;
}

/** Formats that a provider relays as they are but of which the catalogue does not know: whose they are. */
const RELAYED: Readonly<Record<string, Readonly<Partial<Record<Shape, string>>>>> = {
  openrouter: { responses: 'openai', messages: 'anthropic' },
  aws: { responses: 'openai' },
  google: { responses: 'openai' },
};

function readerFor(
  provider: Provider,
  shape: Shape,
  usage: JsonObject,
): { readonly provider: Provider; readonly flavor: string } | undefined {
  const flavor = flavorFor(provider, shape, usage);
  if (flavor !== undefined) return { provider, flavor };
  const original = extractingProvider(RELAYED[provider.id]?.[shape] ?? '');
  return original && readerFor(original, shape, usage);
}

function extract(provider: Provider, flavor: string, body: JsonObject): Usage | string {
  try {
    return extractUsage(provider, body, flavor).usage;
  } catch (error) {
    return `body: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Most flavors insist on a count of output tokens, which embeddings do not have. */
function withoutAnswer(body: JsonObject, usage: JsonObject): JsonObject {
  return { ...body, usage: { ...usage, completion_tokens: 0 } };
}

function describe(shape: Shape, body: JsonObject, usage: JsonObject): Omit<ProviderUsage, 'quantities'> {
  const response = objectAt(body, 'response');
  return present({
    id: stringAt(body, 'id') ?? stringAt(body, 'responseId') ?? stringAt(response, 'id'),
    model: modelOf(body),
    serviceTier: serviceTierOf(body, usage),
    operation: operationOf(shape, body),
    status: statusOf(body),
    timestampMs: timestampMsOf(body),
  });
}

function modelOf(body: JsonObject): string | undefined {
  return (
    stringAt(body, 'model') ?? stringAt(body, 'modelVersion') ?? stringAt(objectAt(body, 'result'), 'model')
  );
}

/** OpenTelemetry's operation names. */
function operationOf(shape: Shape, body: JsonObject): string | undefined {
  if (shape === 'embeddings' || shape === 'billed_units_meta') return 'embeddings';
  if (shape === 'generate_content') {
    return 'embedding' in body || 'embeddings' in body ? 'embeddings' : 'generate_content';
  }
  if (shape === 'images') return 'image_generation';
  if (shape === 'usage_event') return undefined;
  return body.object === 'text_completion' ? 'text_completion' : 'chat';
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
