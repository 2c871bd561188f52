import type { Status } from '../../domain/usage-event.ts';
import { isObject, type JsonObject, objectAt, stringAt } from './json.ts';

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
  const reasons = [
    stringAt(body, 'status'),
    stringAt(objectAt(body, 'response'), 'status'),
    stringAt(body, 'stop_reason'),
    stringAt(body, 'stopReason'),
    stringAt(body, 'finish_reason'),
    ...elements(body.choices).map((choice) => stringAt(choice, 'finish_reason')),
    ...elements(body.candidates).map((candidate) => stringAt(candidate, 'finishReason')),
    stringAt(objectAt(body, 'promptFeedback'), 'blockReason') && 'safety',
    isObject(body.error) ? 'error' : undefined,
  ].filter((reason) => reason !== undefined);
  const statuses = reasons.map((reason) => STATUS_OF[reason.toLowerCase()] ?? 'success');
  return statuses.find((status) => status !== 'success') ?? statuses[0];
}

function elements(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The tier that the call was served on, as the provider names it. */
export function serviceTierOf(body: JsonObject, usage: JsonObject): string | undefined {
  const named =
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
