import type { WireReader } from '../encoding/wire.ts';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const PARENT_AT = TRACE_BYTES + SPAN_BYTES;
/** Where the words of the span id and of the parent begin. */
export const SPAN_WORD = TRACE_BYTES / 4;
export const PARENT_WORD = PARENT_AT / 4;

/**
 * One span but for its attributes, in the form that both encodings fill. Made once and used for one span after another:
 * `clear` comes first.
 */
export class Span {
  /** Trace id, span id, parent's span id; zeros where absent. */
  readonly #ids = new Int32Array((PARENT_AT + SPAN_BYTES) / 4);
  readonly #idBytes = Buffer.from(this.#ids.buffer);
  /** Since the epoch, 0 if not given. */
  startNanos = 0;
  endNanos = 0;
  /** Its status says that it failed. */
  hasFailed = false;

  clear(): void {
    this.#ids.fill(0);
    this.startNanos = 0;
    this.endNanos = 0;
    this.hasFailed = false;
  }

  /** Takes the id at `[start, end)`. One of the wrong length is none. */
  setTraceId(reader: WireReader, start: number, end: number): void {
    if (end - start !== TRACE_BYTES) return;
    for (let i = 0; i < SPAN_WORD; i++) this.#ids[i] = reader.wordAt(start + 4 * i);
  }

  setSpanId(reader: WireReader, start: number, end: number): void {
    if (end - start === SPAN_BYTES) this.#setWords(SPAN_WORD, reader, start);
  }

  setParentId(reader: WireReader, start: number, end: number): void {
    if (end - start === SPAN_BYTES) this.#setWords(PARENT_WORD, reader, start);
  }

  /** The words that a trace id and a span id (or its parent's) are of, for hashing. */
  word(index: number): number {
    return this.#ids[index]!;
  }

  get hasId(): boolean {
    const ids = this.#ids;
    return (ids[0]! | ids[1]! | ids[2]! | ids[3]!) !== 0 && (ids[SPAN_WORD]! | ids[SPAN_WORD + 1]!) !== 0;
  }

  /** One that is its own parent has none. */
  get hasParent(): boolean {
    const ids = this.#ids;
    const [first, second] = [ids[PARENT_WORD]!, ids[PARENT_WORD + 1]!];
    return (first | second) !== 0 && (first !== ids[SPAN_WORD] || second !== ids[SPAN_WORD + 1]);
  }

  /** `<trace id>:<span id>` in hex, empty for a span without ids. */
  idText(): string {
    if (!this.hasId) return '';
    const hex = this.#idBytes.toString('hex', 0, PARENT_AT);
    return `${hex.slice(0, 2 * TRACE_BYTES)}:${hex.slice(2 * TRACE_BYTES)}`;
  }

  #setWords(word: number, reader: WireReader, start: number): void {
    this.#ids[word] = reader.wordAt(start);
    this.#ids[word + 1] = reader.wordAt(start + 4);
  }
}
