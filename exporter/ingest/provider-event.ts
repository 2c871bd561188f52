import { textOf } from './body-text.ts';
import { isNestedDeeper } from './nesting.ts';
import { type Outcome, rejected } from './outcome.ts';
import { readProviderResponse } from './provider-response.ts';
import type { Source } from './source.ts';
import type { TimeBounds } from './time-bounds.ts';
import { documentOf } from './usage-body.ts';
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

/** More than any response has; what reads them is recursive. */
const MAX_DEPTH = 100;

export function createProviderResponseSource(reader: UsageEventReader): Source {
  return {
    id: 'provider_response',
    read: ({ body, provider, attributes }, bounds) => [
      readProviderEvent(reader, provider, documentOf(textOf(body)), attributes, bounds),
    ],
  };
}

/**
 * One event from a provider's raw response. The attributes (headers, query) win over what the body says, but for the
 * model and the service tier: what the provider answered is what it bills.
 */
export function readProviderEvent(
  reader: UsageEventReader,
  provider: string,
  body: unknown,
  attributes: Readonly<Record<string, string>>,
  bounds: TimeBounds,
): Outcome {
  const unknown = Object.keys(attributes).filter((name) => !(ATTRIBUTES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    return rejected(
      'invalid_event',
      `unknown attribute ${unknown.join(', ')}; expected some of ${ATTRIBUTES.join(', ')}`,
    );
  }
  if (isNestedDeeper(body, MAX_DEPTH)) {
    return rejected('invalid_event', `body: nested deeper than ${MAX_DEPTH} levels`);
  }
  const response = readProviderResponse(provider, body);
  if (response.kind === 'rejected') return response;
  const { usage } = response;
  const fields = {
    ...(usage.id !== undefined && { id: usage.id }),
    ...(usage.operation !== undefined && { operation: usage.operation }),
    ...(usage.status !== undefined && { status: usage.status }),
    ...(usage.timestampMs !== undefined && { timestamp: usage.timestampMs }),
    ...attributes,
    ...(usage.model !== undefined && { model: usage.model }),
    ...(usage.serviceTier !== undefined && { service_tier: usage.serviceTier }),
    ...numbersOf(attributes),
  };
  return reader.readMetered(
    { ...fields, provider, usage: {} },
    { quantities: usage.quantities, body },
    bounds,
  );
}

function numbersOf(
  attributes: Readonly<Record<string, string>>,
): Partial<Record<'latency_ms' | 'cost_usd' | 'timestamp', number>> {
  const numbers: Partial<Record<'latency_ms' | 'cost_usd' | 'timestamp', number>> = {};
  for (const name of ['latency_ms', 'cost_usd', 'timestamp'] as const) {
    const text = attributes[name];
    if (text !== undefined && /^\d+(\.\d+)?$/.test(text)) numbers[name] = Number(text);
  }
  return numbers;
}
