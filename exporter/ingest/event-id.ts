import { hash, randomUUID } from 'node:crypto';

/** Ids for the events of one request that came without. */
export class DerivedIds {
  readonly #occurrences = new Map<string, number>();

  /**
   * With a timestamp of its own, an event is its content: SHA-256 of its JSON with sorted keys and without nulls, and for equal events of
   * one request their number. Resending the same request gives the same ids. Without a timestamp nothing tells a
   * resent event from a second equal call, so each one counts.
   */
  idOf(event: Readonly<Record<string, unknown>>): string {
    if (event.timestamp == null) return randomUUID();
    const digest = hash('sha256', JSON.stringify(sorted({ ...event, id: null })));
    const occurrence = this.#occurrences.get(digest) ?? 0;
    this.#occurrences.set(digest, occurrence + 1);
    return occurrence === 0 ? digest : `${digest}#${occurrence}`;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, content]) => content != null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, content]) => [key, sorted(content)]),
  );
}
