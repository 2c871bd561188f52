import type { Status } from '../../domain/usage-event.ts';
import { isObject, type JsonObject, objectAt, objectsAt, stringAt } from './json.ts';

/** Why a call ended, in lower case. Every other reason is a success. */
const STATUS_OF: Readonly<Record<string, Status>> = {
  length: 'truncated',
  max_tokens: 'truncated',
  max_output_tokens: 'truncated',
  model_length: 'truncated',
  model_context_window_exceeded: 'truncated',
  incomplete: 'truncated',
  cancelled: 'cancelled',
  failed: 'error',
  error: 'error',
  error_toxic: 'error',
  timeout: 'timeout',
  content_filter: 'error',
  content_filtered: 'error',
  guardrail_intervened: 'error',
  refusal: 'error',
  safety: 'error',
  recitation: 'error',
  prohibited_content: 'error',
  blocklist: 'error',
  spii: 'error',
  malformed_function_call: 'error',
};

/** `undefined` where the body does not say how it ended. Of several answers the worst counts. */
export function statusOf(body: JsonObject): Status | undefined {
  let found: Status | undefined;
  const consider = (reason: unknown) => {
    if (typeof reason !== 'string' || reason === '') return;
    if (found === undefined || found === 'success') found = STATUS_OF[reason.toLowerCase()] ?? 'success';
  };
  consider(body.status);
  consider(objectAt(body, 'response').status);
  consider(body.stop_reason);
  consider(body.stopReason);
  consider(body.finish_reason);
  for (const choice of objectsAt(body, 'choices')) consider(choice.finish_reason);
  for (const candidate of objectsAt(body, 'candidates')) consider(candidate.finishReason);
  if (stringAt(objectAt(body, 'promptFeedback'), 'blockReason')) consider('safety');
  if (isObject(body.error)) consider('error');
  return found;
}

/**
 * The tier that the call was served on, as the provider names it.
 * @param known what the body does not know: a batch's results say `default`, if anything
 */
export function serviceTierOf(body: JsonObject, usage: JsonObject, known?: string): string | undefined {
  const named =
    known ??
    stringAt(body, 'service_tier') ??
    stringAt(usage, 'service_tier') ??
    stringAt(usage, 'trafficType') ??
    stringAt(usage, 'serviceTier') ??
    stringAt(objectAt(body, 'serviceTier'), 'type');
  // Anthropic prices these two apart from the tier that it names.
  if (usage.speed === 'fast') return 'fast';
  return usage.inference_geo === 'us' ? `${named ?? 'standard'}_us` : named;
}

const EARLIEST_SECONDS = Date.UTC(2015, 0, 1) / 1000;
const LATEST_SECONDS = Date.UTC(2100, 0, 1) / 1000;

/** When the provider made the response, milliseconds since the epoch; absent when it does not say or cannot be true. */
export function timestampMsOf(body: JsonObject): number | undefined {
  const given = body.created ?? body.created_at ?? body.createTime;
  const seconds = typeof given === 'string' ? Date.parse(given) / 1000 : given;
  const plausible = typeof seconds === 'number' && seconds >= EARLIEST_SECONDS && seconds < LATEST_SECONDS;
  return plausible ? Math.round(seconds * 1000) : undefined;
}
