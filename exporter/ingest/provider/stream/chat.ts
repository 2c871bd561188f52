import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { type Assembly, isAnother, keepFields } from './assembly.ts';

/**
 * OpenAI's chat completions and those that are like them. Usage is in a chunk of its own behind the answer, in the
 * answer's last chunk, or in every chunk as far as it has come; under `x_groq` at Groq, in the choice at Moonshot.
 */
export function readChatChunk(assembly: Assembly, chunk: JsonObject): void {
  const { body } = assembly;
  const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : undefined;
  const usage = [chunk.usage, objectAt(chunk, 'x_groq').usage, choices?.[0]?.usage].find(isObject);
  if (choices === undefined || choices.length > 0) assembly.answered ||= !isObject(chunk.error);
  if (assembly.ended && choices && choices.length > 0 && isAnother(body.id, chunk.id)) assembly.mixed = true;
  for (const choice of choices ?? []) {
    const reason = stringAt(choice, 'finish_reason');
    if (!reason) continue;
    assembly.ended = true;
    // Of several answers the worst counts, as in a response that is not streamed.
    body.choices = [
      { finish_reason: reason },
      ...(Array.isArray(body.choices) ? body.choices.slice(0, 7) : []),
    ];
  }
  const { usage: counted } = body;
  keepFields(body, chunk);
  body.usage = usage ?? counted;
  if (!usage) return;
  assembly.counted = true;
  if (!choices || choices.length === 0) assembly.ended = true;
}
