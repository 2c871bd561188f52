import { isObject, type JsonObject, objectsIn, textAt } from './json.ts';
import type { EventFields } from './wire.ts';

const STATUS_OF: Readonly<Record<string, NonNullable<EventFields['status']>>> = {
  length: 'truncated',
  max_tokens: 'truncated',
  max_output_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
  incomplete: 'truncated',
  cancelled: 'cancelled',
  failed: 'error',
  content_filter: 'error',
  refusal: 'error',
};

/** How a response of OpenAI or Anthropic ended. Of several answers the worst counts. */
export function statusOf(body: JsonObject): NonNullable<EventFields['status']> {
  const reasons = [
    textAt(body, 'status'),
    textAt(body, 'stop_reason'),
    ...objectsIn(body.choices).map((choice) => textAt(choice, 'finish_reason')),
  ];
  const statuses = reasons.map((reason) => STATUS_OF[reason ?? ''] ?? 'success');
  return (
    (isObject(body.error) ? 'error' : undefined) ??
    statuses.find((status) => status !== 'success') ??
    'success'
  );
}

/** The tier that it was served on. Anthropic prices two kinds of service apart from the tier that it names. */
export function serviceTierOf(body: JsonObject): string | undefined {
  const usage = isObject(body.usage) ? body.usage : {};
  const tier = textAt(body, 'service_tier') ?? textAt(usage, 'service_tier');
  if (usage.speed === 'fast') return 'fast';
  return usage.inference_geo === 'us' ? `${tier ?? 'standard'}_us` : tier;
}

export function operationOf(body: JsonObject): string {
  const usage = isObject(body.usage) ? body.usage : {};
  if (usage.prompt_tokens !== undefined && usage.completion_tokens === undefined) return 'embeddings';
  return body.object === 'text_completion' ? 'text_completion' : 'chat';
}
