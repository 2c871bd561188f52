import { isObject, stringAt } from './json.ts';

/** What a line of a file of results stands for. */
export type BatchLine =
  /** The answer to one of a batch's requests. `key` is what tells it from the others of its batch. */
  | { readonly kind: 'answer'; readonly key: string; readonly body: unknown }
  | { readonly kind: 'failed' }
  /** A response by itself, of no batch. */
  | { readonly kind: 'bare'; readonly body: unknown };

/**
 * A line of the results of OpenAI's, Anthropic's, Gemini's, Vertex AI's or Bedrock's batches, or of those that are like
 * them. What was asked (`request`, `modelInput`) is never looked at.
 */
export function batchLineOf(line: unknown): BatchLine {
  if (!isObject(line)) return { kind: 'bare', body: line };
  const key = stringAt(line, 'custom_id') ?? stringAt(line, 'key') ?? stringAt(line, 'recordId') ?? '';
  if ('modelInput' in line || 'modelOutput' in line) return answer(key, line.modelOutput);
  if (key === '' && !('request' in line)) return { kind: 'bare', body: line };
  const { response, result } = line;
  if (isObject(result)) return result.type === 'succeeded' ? answer(key, result.message) : { kind: 'failed' };
  if (!isObject(response)) return { kind: 'failed' };
  return answer(key, isObject(response.body) ? response.body : response);
}

/** An answer that is an error, or nothing, is none. */
function answer(key: string, body: unknown): BatchLine {
  if (!isObject(body) || Object.keys(body).length === 0) return { kind: 'failed' };
  return { kind: 'answer', key, body };
}

/** Whether a body tells of a failure. */
export function isFailure(body: unknown): boolean {
  return isObject(body) && body.error != null;
}
