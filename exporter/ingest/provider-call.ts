import { isUniqueId } from './event-id.ts';
import { isNestedDeeper } from './nesting.ts';
import { type Outcome, rejected } from './outcome.ts';
import { extractingProvider, PROVIDERS } from './provider/extractors.ts';
import { readProviderResponse } from './provider-response.ts';
import type { TimeBounds } from './time-bounds.ts';
import type { UsageEventReader } from './usage-events.ts';

/** Event fields that may come beside a provider's response body. `latency_ms` and `cost_usd` are numbers in text. */
export const ATTRIBUTES = [
  'id',
  'timestamp',
  'model',
  'tenant_id',
  'team',
  'user_id',
  'project_id',
  'feature',
  'environment',
  'execution_id',
  'operation',
  'status',
  'service_tier',
  'latency_ms',
  'prompt_hash',
  'cost_usd',
] as const;
type Attribute = (typeof ATTRIBUTES)[number];
export type Attributes = Readonly<Partial<Record<Attribute, string>>>;

const KNOWN: ReadonlySet<string> = new Set(ATTRIBUTES);

/** More than any response has; what reads them is recursive. */
export const MAX_DEPTH = 100;

/** What is wrong with a request whatever its body says. */
export function problemOf(provider: string, given: Readonly<Record<string, string>>): Outcome | undefined {
  for (const name in given) {
    if (KNOWN.has(name)) continue;
    const unknown = Object.keys(given).filter((other) => !KNOWN.has(other));
    return rejected(
      'invalid_event',
      `unknown attribute ${unknown.join(', ')}; expected some of ${ATTRIBUTES.join(', ')}`,
    );
  }
  if (extractingProvider(provider)) return undefined;
  return rejected('unknown_provider', `provider: expected one of ${PROVIDERS.join(', ')}, got ${provider}`);
}

/** One response, and what is known of it besides. */
export interface ProviderCall {
  readonly provider: string;
  readonly body: unknown;
  /** Wins over the tier that the body names. */
  readonly serviceTier?: string;
  /** The id of a call whose body has none. */
  readonly fallbackId?: () => string;
  /** What a response without any id is told apart by, instead of its body. */
  readonly identity?: () => unknown;
}

/**
 * The events of one raw response: one, or several where the provider bills calls within the answer apart. The
 * attributes (headers, query) win over what the body says, but for the model and the service tier: what the provider
 * answered is what it bills.
 */
export function readProviderCall(
  reader: UsageEventReader,
  { provider, body, serviceTier, fallbackId, identity }: ProviderCall,
  given: Readonly<Record<string, string>>,
  bounds: TimeBounds,
): Outcome[] {
  const problem = problemOf(provider, given);
  if (problem) return [problem];
  if (isNestedDeeper(body, MAX_DEPTH)) {
    return [rejected('invalid_event', `body: nested deeper than ${MAX_DEPTH} levels`)];
  }
  const response = readProviderResponse(provider, body, serviceTier);
  if (response.kind === 'rejected') return [response];
  const { usage } = response;
  const attributes: Attributes = given;
  // Field by field: a spread of what was given makes an object of a new layout for each call, which is slow to read.
  const candidate = {
    id: attributes.id || (isUniqueId(usage.id) ? usage.id : fallbackId?.()),
    timestamp: numberOf(attributes.timestamp) ?? usage.timestampMs,
    provider,
    model: usage.model ?? attributes.model,
    tenant_id: attributes.tenant_id,
    team: attributes.team,
    user_id: attributes.user_id,
    project_id: attributes.project_id,
    feature: attributes.feature,
    environment: attributes.environment,
    execution_id: attributes.execution_id,
    operation: attributes.operation ?? usage.operation,
    status: attributes.status ?? usage.status,
    service_tier: usage.serviceTier ?? attributes.service_tier,
    latency_ms: numberOf(attributes.latency_ms),
    prompt_hash: attributes.prompt_hash,
    cost_usd: numberOf(attributes.cost_usd) ?? usage.reportedCostUsd,
    usage: NO_USAGE,
  };
  const metered = {
    quantities: usage.quantities,
    get body() {
      return identity ? identity() : body;
    },
  };
  const answer = reader.readMetered(candidate, metered, bounds);
  if (answer.kind !== 'event') return [answer];
  const { event } = answer;
  const beside = usage.beside.map(({ model, quantities }, index) =>
    reader.readMetered(
      {
        ...candidate,
        id: `${event.id}/${index + 1}`,
        timestamp: event.timestampMs,
        model: model ?? candidate.model,
        latency_ms: undefined,
        cost_usd: undefined,
      },
      { quantities, body },
      bounds,
    ),
  );
  return [answer, ...beside];
}

/** The quantities are beside it. */
const NO_USAGE = Object.freeze({});

/** A number in digits; what is none stays text, for the message about it. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
