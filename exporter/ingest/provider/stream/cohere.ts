import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { Assembly } from './assembly.ts';

/** Cohere's two chat APIs: usage comes with the last event. */
export function readCohereEvent(assembly: Assembly, event: JsonObject, type: string): void {
  const { body } = assembly;
  if (type === 'message-start') body.id = stringAt(event, 'id');
  else if (type !== 'stream-start') assembly.answered = true;
  if (type === 'message-end') {
    const delta = objectAt(event, 'delta');
    end(assembly, stringAt(delta, 'finish_reason'));
    if (!isObject(delta.usage)) return;
    body.usage = delta.usage;
    assembly.counted = true;
  } else if (type === 'stream-end') {
    const response = objectAt(event, 'response');
    body.id = stringAt(response, 'generation_id') ?? stringAt(response, 'response_id');
    end(assembly, stringAt(event, 'finish_reason'));
    if (!isObject(response.meta)) return;
    body.meta = response.meta;
    assembly.counted = true;
  }
}

function end(assembly: Assembly, reason: string | undefined): void {
  if (assembly.ended) assembly.mixed = true;
  assembly.ended = true;
  assembly.body.finish_reason = reason;
}
