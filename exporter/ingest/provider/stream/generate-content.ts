import { type JsonObject, objectAt, objectsAt, stringAt } from '../json.ts';
import { type Assembly, isAnother, keepFields } from './assembly.ts';

/** Gemini: whole responses one after the other, each with the usage up to it. The last usage with figures counts. */
export function readGenerateContentChunk(assembly: Assembly, chunk: JsonObject): void {
  const { body } = assembly;
  const usage = objectAt(chunk, 'usageMetadata');
  const hasFigures = Object.keys(usage).some((field) => field.endsWith('TokenCount'));
  if (hasFigures) {
    body.usageMetadata = usage;
    assembly.counted = true;
  }
  if (assembly.ended && isAnother(body.responseId, chunk.responseId)) assembly.mixed = true;
  keepFields(body, chunk);
  const blocked = stringAt(objectAt(chunk, 'promptFeedback'), 'blockReason');
  if (blocked) body.promptFeedback = { blockReason: blocked };
  for (const candidate of objectsAt(chunk, 'candidates')) {
    assembly.answered = true;
    const finishReason = stringAt(candidate, 'finishReason');
    if (!finishReason) continue;
    body.candidates = [{ finishReason }];
    assembly.ended = true;
  }
  if (blocked) assembly.ended = true;
}
