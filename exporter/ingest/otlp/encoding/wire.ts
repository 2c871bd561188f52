import { CodedError } from '../../../domain/errors.ts';

/** Wire types. A tag is `field number << 3 | wire type`. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

const TWO_32 = 0x1_0000_0000;

/**
 * Reads protobuf in place: nothing is copied, and what is not asked for is skipped undecoded. Read the fields of a
 * message with `tag` until it is 0, and hold nested messages between `enter` and `leave`. A field whose wire type is
 * not the expected one is unknown, as its tag is another. Throws `invalid_protobuf` on what no encoder writes.
 */
export class WireReader {
  readonly bytes: Buffer;
  /** Where the next byte is read. */
  position: number;
  /** Where the present message ends. */
  end: number;
  readonly #view: DataView;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.position = 0;
    this.end = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The next field's tag, 0 at the end of the message. */
  tag(): number {
    if (this.position >= this.end) return 0;
    const first = this.bytes[this.position]!;
    if (first >= 8 && first < 0x80) {
      this.position += 1;
      return first;
    }
    const tag = this.varint();
    if (tag < 8 || tag >= TWO_32) throw this.#invalid('a field number out of range');
    return tag;
  }

  /** An unsigned varint; above 2^53 the nearest double. */
  varint(): number {
    return this.#varint(false);
  }

  /** An int64 as a varint, negative ones in two's complement. */
  signedVarint(): number {
    return this.#varint(true);
  }

  /** Unsigned; above 2^53 the nearest double. */
  fixed64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true);
  }

  signedFixed64(): number {
    const at = this.#take(8);
    return this.#view.getInt32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A 32-bit word of an identifier, as a signed number. `at` is within the message. */
  wordAt(at: number): number {
    return this.#view.getInt32(at, true);
  }

  /** Reads a length, narrows the message to what it covers and returns the end of the outer one for `leave`. */
  enter(): number {
    const outerEnd = this.end;
    this.end = this.#lengthEnd();
    return outerEnd;
  }

  /** Goes on behind the nested message, read to its end or not. */
  leave(outerEnd: number): void {
    this.position = this.end;
    this.end = outerEnd;
  }

  /** Passes over a length-delimited field; it lies between the returned start and `position`. */
  range(): number {
    const end = this.#lengthEnd();
    const start = this.position;
    this.position = end;
    return start;
  }

  text(): string {
    const start = this.range();
    return this.bytes.toString('utf8', start, this.position);
  }

  /** Passes over the field whose tag was just read. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#varint(false);
        break;
      case FIXED64:
        this.#take(8);
        break;
      case LENGTH_DELIMITED:
        this.range();
        break;
      case FIXED32:
        this.#take(4);
        break;
      default:
        throw this.#invalid(`wire type ${tag & 7}, which OTLP has none of`);
    }
  }

  #lengthEnd(): number {
    const first = this.position < this.end ? this.bytes[this.position]! : 0x80;
    const length = first < 0x80 ? first : this.#varint(false);
    if (first < 0x80) this.position += 1;
    const end = this.position + length;
    if (end > this.end)
      throw this.#invalid(`a length of ${length} where ${this.end - this.position} are left`);
    return end;
  }

  /** The start of the next `size` bytes, and moves behind them. */
  #take(size: number): number {
    const at = this.position;
    if (at + size > this.end) throw this.#invalid('it ends within a number');
    this.position = at + size;
    return at;
  }

  #varint(signed: boolean): number {
    const { bytes, end } = this;
    let at = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.#invalid('it ends within a number');
      const byte = bytes[at++]!;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x7f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        this.position = at;
        return (signed ? high : high >>> 0) * TWO_32 + (low >>> 0);
      }
    }
    throw this.#invalid('a number of more than ten bytes');
  }

  #invalid(problem: string): CodedError {
    return new CodedError(
      'invalid_protobuf',
      `the body is not OTLP in protobuf: ${problem}, at byte ${this.position}`,
    );
  }
}

/** Nanoseconds since the epoch to the nearest millisecond. */
export function msOfNanos(nanos: number): number {
  return Math.round(nanos / 1e6);
}
