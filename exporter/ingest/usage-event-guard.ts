import { STATUSES, type Status } from '../domain/usage-event.ts';
import { areTags } from './tags.ts';
import { isTimestamp } from './timestamp.ts';
import {
  MAX_COST_USD,
  MAX_LATENCY_MS,
  MAX_REQUESTS,
  MAX_TOKENS,
  TEXT_LIMITS,
  type WireEvent,
} from './usage-event-schema.ts';

/**
 * True for exactly the values that `usageEventSchema` accepts, 20 times faster. It gives no reasons: what it refuses
 * goes through the schema for the message. A property test holds the two together.
 */
export function isUsageEvent(value: unknown): value is WireEvent {
  if (!isPlainObject(value)) return false;
  let required = 0;
  for (const field in value) {
    const content = value[field];
    switch (field) {
      case 'provider':
      case 'model':
        if (content === '' || !isText(content, TEXT_LIMITS[field])) return false;
        required += 1;
        break;
      case 'usage':
        if (!isUsage(content)) return false;
        required += 1;
        break;
      case 'id':
      case 'tenant_id':
      case 'team':
      case 'user_id':
      case 'project_id':
      case 'feature':
      case 'environment':
      case 'execution_id':
      case 'operation':
      case 'service_tier':
      case 'prompt_hash':
        if (content != null && !isText(content, TEXT_LIMITS[field])) return false;
        break;
      case 'timestamp':
        if (content != null && !isTimestamp(content)) return false;
        break;
      case 'status':
        if (content != null && !STATUSES.includes(content as Status)) return false;
        break;
      case 'latency_ms':
        if (content != null && !isWithin(content, MAX_LATENCY_MS)) return false;
        break;
      case 'cost_usd':
        if (content != null && !isWithin(content, MAX_COST_USD)) return false;
        break;
      case 'tags':
        if (content != null && !areTags(content)) return false;
        break;
      default:
        return false;
    }
  }
  return required === 3;
}

function isUsage(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  for (const field in value) {
    const content = value[field];
    switch (field) {
      case 'input_tokens':
      case 'output_tokens':
      case 'cache_read_tokens':
      case 'cache_write_5m_tokens':
      case 'cache_write_1h_tokens':
      case 'reasoning_tokens':
      case 'input_audio_tokens':
      case 'output_audio_tokens':
        if (content != null && !(Number.isInteger(content) && isWithin(content, MAX_TOKENS))) return false;
        break;
      case 'requests':
        if (
          content != null &&
          !(Number.isInteger(content) && isWithin(content, MAX_REQUESTS) && content !== 0)
        )
          return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length <= maxLength;
}

function isWithin(value: unknown, max: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
