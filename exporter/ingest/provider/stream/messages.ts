import { isObject, type JsonObject, numberAt, objectAt } from '../json.ts';
import { type Assembly, isAnother, keepFields } from './assembly.ts';

/** Anthropic's Messages: usage at the start, and what it has come to in each delta. */
export function readMessagesEvent(assembly: Assembly, event: JsonObject, type: string): void {
  const { body } = assembly;
  if (type === 'message_start') {
    const message = objectAt(event, 'message');
    if (isAnother(body.id, message.id)) assembly.mixed = true;
    keepFields(body, message);
    body.type = 'message';
    assembly.answered = true;
  } else if (type === 'message_delta') {
    const { stop_reason: stopReason } = objectAt(event, 'delta');
    if (stopReason != null) {
      body.stop_reason = stopReason;
      assembly.ended = true;
    }
    if (!isObject(event.usage)) return;
    body.usage = usageSince(objectAt(body, 'usage'), event.usage);
    assembly.counted = true;
  } else if (type === 'message_stop') {
    assembly.ended = true;
  } else if (type.startsWith('content_block')) {
    assembly.answered = true;
  }
}

/** A delta's counts are cumulative: they take the place of those before. What it does not have stays as it was. */
function usageSince(before: JsonObject, delta: JsonObject): JsonObject {
  const usage: Record<string, unknown> = { ...before };
  for (const field in delta) if (delta[field] != null) usage[field] = delta[field];
  const written = numberAt(usage, 'cache_creation_input_tokens');
  const split = objectAt(usage, 'cache_creation');
  const written5m = numberAt(split, 'ephemeral_5m_input_tokens') ?? 0;
  const written1h = numberAt(split, 'ephemeral_1h_input_tokens') ?? 0;
  if (isObject(delta.cache_creation) || written === undefined || written5m + written1h === written)
    return usage;
  // Deltas do not split what has been written since. Of two lifetimes it could be either: that stays a contradiction.
  if (written5m === 0) {
    usage.cache_creation =
      written1h > 0 ? { ephemeral_1h_input_tokens: written, ephemeral_5m_input_tokens: 0 } : null;
  } else if (written1h === 0) usage.cache_creation = null;
  return usage;
}
