import { keys, SLOT } from '../attributes/attribute-keys.ts';
import type { Attributes } from '../attributes/attributes.ts';

/** Attributes of Claude Code's events. Its input leaves the cached tokens out. */
export const CLAUDE_CODE_EVENT_KEYS = [
  ...keys('text', 'requestModel', 'model'),
  ...keys('count', 'input', 'input_tokens'),
  ...keys('count', 'output', 'output_tokens'),
  ...keys('count', 'cacheRead', 'cache_read_tokens'),
  ...keys('count', 'cacheWrite', 'cache_creation_tokens'),
  ...keys('amount', 'cost', 'cost_usd'),
  ...keys('amount', 'durationMs', 'duration_ms'),
  ...keys('id', 'responseId', 'request_id', 'client_request_id'),
  ...keys('id', 'sessionId', 'session.id'),
  ...keys('id', 'sequence', 'event.sequence'),
  ...keys('text', 'speed', 'speed'),
];

/** Attributes of the points of its token counter. */
export const CLAUDE_CODE_POINT_KEYS = [
  ...keys('text', 'requestModel', 'model'),
  ...keys('text', 'tokenType', 'type'),
  ...keys('text', 'speed', 'speed'),
];

/** What Claude Code leaves unsaid about a call, as nobody else would make one. */
export function fillClaudeCode(attributes: Attributes): void {
  attributes.fill(SLOT.provider, sellerOf(attributes.text(SLOT.requestModel)));
  attributes.fill(SLOT.operation, 'chat');
  // It costs more. `normal` is no tier.
  if (attributes.text(SLOT.speed) === 'fast') attributes.fill(SLOT.serviceTier, 'fast');
}

/** Bedrock and Vertex AI spell the models' names in their own ways. */
function sellerOf(model: string): string {
  if (/^arn:aws|(^|\.)anthropic\./.test(model)) return 'aws';
  return /@\d{8}$/.test(model) ? 'google' : 'anthropic';
}
