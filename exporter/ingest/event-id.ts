import { hash, randomUUID } from 'node:crypto';

const UNIQUE_ID_LENGTH = 16;

/** Whether a response's id names one call. A shorter one comes again: Ollama's are `chatcmpl-` and up to three digits. */
export function isUniqueId(id: string | undefined): id is string {
  return id !== undefined && id.length >= UNIQUE_ID_LENGTH;
}

/** SHA-256 of a value's JSON with sorted keys and without nulls: the same for what is equal. */
export function contentId(value: unknown): string {
  return hash('sha256', canonical(value));
}

/** Ids for the events of one request that came without. */
export class DerivedIds {
  /** Most requests need none. */
  #occurrences: Map<string, number> | undefined;

  /**
   * With a timestamp of its own, an event is its content, and for equal events of one request their number. Resending
   * the same request gives the same ids. Without a timestamp nothing tells a resent event from a second equal call, so
   * each one counts.
   */
  idOf(event: Readonly<Record<string, unknown>>): string {
    if (event.timestamp == null) return randomUUID();
    const digest = contentId({ ...event, id: null });
    this.#occurrences ??= new Map();
    const occurrence = this.#occurrences.get(digest) ?? 0;
    this.#occurrences.set(digest, occurrence + 1);
    return occurrence === 0 ? digest : `${digest}#${occurrence}`;
  }
}

/** JSON with sorted keys and without nulls, but for those in arrays, where they have a place. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  let fields = '';
  for (const key of Object.keys(value).sort()) {
    const content = (value as Record<string, unknown>)[key];
    if (content != null) fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${canonical(content)}`;
  }
  return `{${fields}}`;
}
