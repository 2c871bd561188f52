import type { JsonObject } from './json.ts';
import { isObject, stringAt } from './json.ts';

/** More than any answer has: each of them becomes a charge. */
export const MAX_ITERATIONS = 100;

/** A model call that a provider made on its own within an answer. */
export interface Iteration {
  /** Absent where it is the answering model. */
  readonly model: string | undefined;
  readonly usage: JsonObject;
}

/**
 * Anthropic's calls to condense the context or to ask an advising model, which it bills and leaves out of the usage
 * of the answer. The other iterations are in it.
 */
export function iterationsBeside(usage: JsonObject): readonly Iteration[] {
  const { iterations } = usage;
  if (!Array.isArray(iterations)) return [];
  return iterations
    .filter(isObject)
    .filter(({ type }) => type === 'compaction' || type === 'advisor_message')
    .map((iteration) => ({ model: stringAt(iteration, 'model'), usage: iteration }));
}
