import type { Status } from '../domain/usage-event.ts';
import type { RejectionCode } from './outcome.ts';
import { badCount, disjointCounts } from './provider/counts.ts';
import { extractingProvider, PROVIDERS } from './provider/extractors.ts';
import { type Iteration, iterationsBeside, MAX_ITERATIONS } from './provider/iterations.ts';
import { isObject, type JsonObject, objectAt, stringAt } from './provider/json.ts';
import { serviceTierOf, statusOf, timestampMsOf } from './provider/outcome.ts';
import { reportedCostUsd } from './provider/reported-cost.ts';
import { readerFor, type Shape, shapeOf } from './provider/shape.ts';

export { PROVIDERS };

/** What a response body says by itself; what it does not say is undefined. */
export interface ProviderUsage {
  readonly id: string | undefined;
  readonly model: string | undefined;
  /** Disjoint quantities in the order of `METERS`; one `request`. */
  readonly quantities: number[];
  /** Model calls within the answer that are billed apart from it; no `request` of their own. */
  readonly beside: readonly { readonly model: string | undefined; readonly quantities: number[] }[];
  readonly serviceTier: string | undefined;
  readonly operation: string | undefined;
  readonly status: Status | undefined;
  readonly timestampMs: number | undefined;
  readonly reportedCostUsd: number | undefined;
}

export type ProviderResponse =
  | { readonly kind: 'usage'; readonly usage: ProviderUsage }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

/**
 * Reads the usage of a provider's raw response. What the numbers include depends on the provider, not on how the
 * body looks, so the provider has to be the one that sent it.
 * @param provider one of `PROVIDERS`
 * @param body the parsed JSON
 * @param serviceTier the tier, where the sender knows better than the body
 */
export function readProviderResponse(
  provider: string,
  body: unknown,
  serviceTier?: string,
): ProviderResponse {
  const known = extractingProvider(provider);
  if (!known) {
    return rejected('unknown_provider', `provider: expected one of ${PROVIDERS.join(', ')}, got ${provider}`);
  }
  if (!isObject(body)) return rejected('invalid_event', `body: expected a JSON object, got ${nameOf(body)}`);
  const found = shapeOf(body);
  if (!found) return rejected('usage_missing', usageMissing(body));
  const { shape, usage, source } = found;
  const reader = readerFor(known, shape, usage);
  if (!reader) {
    return rejected('invalid_event', `body: usage in the form of ${shape}, which ${known.id} does not have`);
  }
  const bad = badCount(usage, 'usage');
  if (bad !== undefined) return rejected('inconsistent_usage', bad);

  const quantitiesOf = (from: JsonObject, counted: JsonObject): number[] | ProviderResponse => {
    const read = reader.read(from);
    if (typeof read === 'string') return rejected('usage_missing', read);
    const quantities = disjointCounts(known.id, shape, counted, read, reader.namesCacheReads);
    return typeof quantities === 'string' ? rejected('inconsistent_usage', quantities) : quantities;
  };
  const quantities = quantitiesOf(source, usage);
  if (!Array.isArray(quantities)) return quantities;
  const beside = [];
  for (const iteration of shape === 'messages' ? iterationsBeside(usage) : NONE) {
    if (beside.length === MAX_ITERATIONS) {
      return rejected('invalid_event', `usage.iterations: more than ${MAX_ITERATIONS} billed apart`);
    }
    const own = quantitiesOf({ usage: iteration.usage }, iteration.usage);
    if (!Array.isArray(own)) return own;
    beside.push({ model: iteration.model, quantities: own });
  }
  const response = objectAt(body, 'response');
  return {
    kind: 'usage',
    usage: {
      id: stringAt(body, 'id') ?? stringAt(body, 'responseId') ?? stringAt(response, 'id'),
      model: modelOf(body),
      quantities,
      beside,
      serviceTier: serviceTierOf(body, usage, serviceTier),
      operation: operationOf(shape, body),
      status: statusOf(body),
      timestampMs: timestampMsOf(body),
      reportedCostUsd: reportedCostUsd(known.id, usage),
    },
  };
}

const NONE: readonly Iteration[] = [];

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
