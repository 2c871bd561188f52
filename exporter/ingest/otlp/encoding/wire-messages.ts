import { CodedError } from '../../../domain/errors.ts';
import type { Attributes } from '../attributes/attributes.ts';
import { LENGTH_DELIMITED, VARINT, type WireReader } from './wire.ts';

/** Resources, scopes, spans, metrics and records of one request. A body full of empty ones would take seconds. */
const MAX_MESSAGES = 500_000;
/** Attributes of one list that are looked at: twice as many as any sender is known to allow itself. */
export const MAX_ATTRIBUTES = 256;

/** Where a message lies in the body. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The tag of a field. */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

export function lengthDelimited(field: number): number {
  return tagOf(field, LENGTH_DELIMITED);
}

export function varintField(field: number): number {
  return tagOf(field, VARINT);
}

/**
 * The length-delimited fields with that tag in a message, one after another. The reader may be moved in between.
 * @param count called for each of them
 */
export function* messagesIn(
  reader: WireReader,
  { start, end }: Range,
  wanted: number,
  count?: () => void,
): Generator<Range> {
  let at = start;
  for (;;) {
    moveTo(reader, { start: at, end });
    const tag = reader.tag();
    if (tag === 0) return;
    if (tag === wanted) {
      const from = reader.range();
      at = reader.position;
      count?.();
      yield { start: from, end: at };
    } else {
      reader.skip(tag);
      at = reader.position;
    }
  }
}

/** Counts the messages of one request. Throws `too_many_events`. */
export function messageCounter(): () => void {
  let messages = 0;
  return () => {
    messages += 1;
    if (messages <= MAX_MESSAGES) return;
    throw new CodedError(
      'too_many_events',
      `more than ${MAX_MESSAGES} messages in one request; send fewer at once`,
    );
  };
}

/** The last of them, `undefined` if there is none. */
export function messageIn(reader: WireReader, message: Range, wanted: number): Range | undefined {
  let last: Range | undefined;
  for (const found of messagesIn(reader, message, wanted)) last = found;
  return last;
}

/** The text of a field, cut where it is longer than any that means something to us; empty if absent. */
export function textIn(reader: WireReader, message: Range, wanted: number): string {
  const found = messageIn(reader, message, wanted);
  return found ? reader.bytes.toString('utf8', found.start, Math.min(found.end, found.start + 256)) : '';
}

export function moveTo(reader: WireReader, { start, end }: Range): void {
  reader.position = start;
  reader.end = end;
}

/** Gives the attributes of a message, its fields with that tag, to the slots. */
export function readAttributesIn(
  reader: WireReader,
  message: Range,
  wanted: number,
  attributes: Attributes,
): void {
  moveTo(reader, message);
  let read = 0;
  for (let tag = reader.tag(); tag !== 0 && read < MAX_ATTRIBUTES; tag = reader.tag()) {
    if (tag === wanted) {
      attributes.readWire(reader);
      read += 1;
    } else reader.skip(tag);
  }
}

/** Name of the instrumentation scope of a `ScopeSpans`, `ScopeMetrics` or `ScopeLogs`. */
export function scopeNameIn(reader: WireReader, ofScope: Range): string {
  const scope = messageIn(reader, ofScope, lengthDelimited(1));
  return scope ? textIn(reader, scope, lengthDelimited(1)) : '';
}
