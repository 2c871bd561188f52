import { isObject, type JsonObject, objectAt } from '../json.ts';
import { type Assembly, isAnother, keepFields } from './assembly.ts';

const BEFORE_ANY_ANSWER = new Set(['response.created', 'response.queued', 'response.in_progress']);
const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** OpenAI's Responses: the last event carries the whole response. */
export function readResponsesEvent(assembly: Assembly, event: JsonObject, type: string): void {
  if (type === 'response.failed') assembly.failed = true;
  else if (!BEFORE_ANY_ANSWER.has(type)) assembly.answered = true;
  if (!LAST.has(type)) return;
  const response = objectAt(event, 'response');
  if (assembly.ended && isAnother(assembly.body.id, response.id)) assembly.mixed = true;
  keepFields(assembly.body, response);
  assembly.counted = isObject(response.usage);
  assembly.ended = true;
}
