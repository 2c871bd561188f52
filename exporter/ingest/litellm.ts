import { textOf } from './body-text.ts';
import { attributionOf } from './litellm/attribution.ts';
import { countedElsewhere, operationOf } from './litellm/call-type.ts';
import { eventIdOf } from './litellm/event-id.ts';
import { modelOf, providerOf } from './litellm/model.ts';
import { quantitiesOf, usageOf } from './litellm/usage.ts';
import { type Outcome, rejected, skipped } from './outcome.ts';
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from './provider/json.ts';
import { serviceTierOf, statusOf } from './provider/outcome.ts';
import type { Source } from './source.ts';
import type { TimeBounds } from './time-bounds.ts';
import { candidatesOf, UnreadableLine } from './usage-body.ts';
import { MAX_LATENCY_MS } from './usage-event-schema.ts';
import type { UsageEventReader } from './usage-events.ts';

/** What LiteLLM's generic API callback sends: standard logging payloads, one, an array, or one a line. */
export function createLitellmSource(
  reader: UsageEventReader,
  settings: { readonly eventsPerRequest: number },
): Source {
  return {
    id: 'litellm',
    read: ({ body, contentType }, bounds) =>
      candidatesOf(textOf(body), contentType, settings.eventsPerRequest).map((payload) =>
        readPayload(reader, payload, bounds),
      ),
  };
}

/**
 * One attempt at one call: LiteLLM logs each by itself. Messages are not looked at, and of the response only its id,
 * model, service tier and how it ended.
 */
function readPayload(reader: UsageEventReader, payload: unknown, bounds: TimeBounds): Outcome {
  if (payload instanceof UnreadableLine) return rejected('invalid_json', payload.message);
  if (!isObject(payload) || (payload.status !== 'success' && payload.status !== 'failure')) {
    return rejected('invalid_event', 'expected a standard logging payload with status success or failure');
  }
  if (payload.cache_hit === true) return skipped('response_cache');
  const callType = stringAt(payload, 'call_type') ?? '';
  const elsewhere = countedElsewhere(callType, payload);
  if (elsewhere) return skipped(elsewhere);

  const failed = payload.status === 'failure';
  const usage = usageOf(payload);
  if (!usage) return skipped(failed ? 'failed_without_usage' : 'usage_missing');

  const provider = providerOf(payload);
  if (provider === undefined)
    return rejected('invalid_event', 'custom_llm_provider: expected the name of one');
  const model = modelOf(payload);
  if (model === undefined) return rejected('invalid_event', 'model: expected its name');
  const quantities = quantitiesOf(usage, provider, callType);
  if (typeof quantities === 'string') return rejected('inconsistent_usage', quantities);
  const response = objectAt(payload, 'response');
  const candidate = {
    id: eventIdOf(payload),
    timestamp: payload.startTime,
    provider,
    model,
    ...attributionOf(payload),
    operation: operationOf(callType),
    status: failed ? failureStatus(payload) : statusOf(response),
    service_tier:
      serviceTierOf(response, usage) ?? stringAt(objectAt(payload, 'cost_breakdown'), 'service_tier'),
    latency_ms: latencyMsOf(payload),
    cost_usd: reportedCostOf(payload),
    usage: {},
  };
  return reader.readMetered(candidate, { quantities, body: sameWhenSentAgain(payload) }, bounds);
}

function failureStatus(payload: JsonObject): 'error' | 'timeout' {
  return stringAt(objectAt(payload, 'error_information'), 'error_class') === 'Timeout' ? 'timeout' : 'error';
}

/** Absent where LiteLLM's clock was set back meanwhile. */
function latencyMsOf(payload: JsonObject): number | undefined {
  const seconds =
    (numberAt(payload, 'endTime') ?? Number.NaN) - (numberAt(payload, 'startTime') ?? Number.NaN);
  return seconds >= 0 && seconds * 1000 <= MAX_LATENCY_MS ? seconds * 1000 : undefined;
}

/** LiteLLM writes 0 for a model whose price it does not know, so 0 beside tokens says nothing. */
function reportedCostOf(payload: JsonObject): number | undefined {
  return numberAt(payload, 'response_cost') || undefined;
}

/** What tells two payloads without an id of their own apart. */
function sameWhenSentAgain({ id, trace_id, startTime, endTime, model_id }: JsonObject): readonly unknown[] {
  return [id, trace_id, startTime, endTime, model_id].map((value) =>
    typeof value === 'object' ? null : value,
  );
}
