import type { JsonObject } from '../json.ts';

/** What is known of one streamed answer. Never its text. */
export interface Assembly {
  /** In the form that the provider gives an answer which is not streamed. */
  body: Record<string, unknown>;
  /** Usage was seen. It may be what was used so far. */
  counted: boolean;
  /** The answer came to its end, so that what was counted is all. */
  ended: boolean;
  /** Something of an answer was seen. */
  answered: boolean;
  failed: boolean;
  /** Parts of another call were seen. */
  mixed: boolean;
}

export function newAssembly(): Assembly {
  return { body: {}, counted: false, ended: false, answered: false, failed: false, mixed: false };
}

/** Fields of an answer that tell of its call. The others hold its text. */
const KEPT = [
  'id',
  'type',
  'object',
  'created',
  'created_at',
  'createTime',
  'model',
  'modelVersion',
  'responseId',
  'status',
  'stop_reason',
  'service_tier',
  'usage',
] as const;

/** Keeps what `from` has of these fields; a null or an empty text is as good as nothing. */
export function keepFields(body: Record<string, unknown>, from: JsonObject): void {
  for (const field of KEPT) {
    const value = from[field];
    if (value != null && value !== '') body[field] = value;
  }
}

/** Whether a chunk is of another answer than the one so far. */
export function isAnother(id: unknown, ofChunk: unknown): boolean {
  return typeof id === 'string' && typeof ofChunk === 'string' && ofChunk !== '' && id !== ofChunk;
}
