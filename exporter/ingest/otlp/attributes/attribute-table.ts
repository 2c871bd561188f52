import { WireReader } from '../encoding/wire.ts';
import type { AttributeKey } from './attribute-keys.ts';

const BUCKETS = 1024;

/**
 * Finds attribute keys by their text or, without decoding them, by their UTF-8 bytes. A key has the place of its first
 * mention in the list; `next` leads to its other ones. Of two keys with one meaning, the one with the smaller place is
 * the better.
 */
export class AttributeTable {
  readonly keys: readonly AttributeKey[];
  /** The next place with the same key, -1 behind the last. */
  readonly next: Int16Array;
  readonly #byText = new Map<unknown, number>();
  readonly #readers: readonly WireReader[];
  /** The first place of each bucket, -1 if empty. */
  readonly #buckets = new Int16Array(BUCKETS).fill(-1);
  /** The next key's place in the same bucket, -1 behind the last. */
  readonly #chain: Int16Array;

  constructor(keys: readonly AttributeKey[]) {
    this.keys = keys;
    this.next = new Int16Array(keys.length).fill(-1);
    this.#chain = new Int16Array(keys.length).fill(-1);
    this.#readers = keys.map(({ key }) => new WireReader(Buffer.from(key)));
    // From behind: what is put in front of a list last is found first.
    for (let place = keys.length - 1; place >= 0; place--) {
      const { key } = keys[place]!;
      const known = this.#byText.get(key);
      this.#byText.set(key, place);
      const { bytes } = this.#readers[place]!;
      const bucket = bucketOf(bytes, 0, bytes.length);
      if (known === undefined) {
        this.#chain[place] = this.#buckets[bucket]!;
        this.#buckets[bucket] = place;
      } else {
        this.next[place] = known;
        this.#chain[place] = this.#chain[known]!;
        this.#replace(bucket, known, place);
      }
    }
  }

  /** The place of the key at `[start, end)`, -1 if it means nothing to us. */
  placeOf(reader: WireReader, start: number, end: number): number {
    let place = this.#buckets[bucketOf(reader.bytes, start, end)]!;
    while (place >= 0 && !isAt(this.#readers[place]!, reader, start, end)) place = this.#chain[place]!;
    return place;
  }

  placeOfText(key: unknown): number {
    return this.#byText.get(key) ?? -1;
  }

  #replace(bucket: number, known: number, place: number): void {
    if (this.#buckets[bucket] === known) {
      this.#buckets[bucket] = place;
      return;
    }
    let before = this.#buckets[bucket]!;
    while (this.#chain[before] !== known) before = this.#chain[before]!;
    this.#chain[before] = place;
  }
}

/** Looks at few bytes: keys differ towards their end, and every one that is found is compared. */
function bucketOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 4) return length;
  const sample = bytes[end - 1]! | (bytes[end - 3]! << 8) | (bytes[start + (length >> 1)]! << 16);
  return Math.imul(sample ^ (length << 24), 0x9e3779b1) >>> 22;
}

/** Four bytes at a time; the last four may overlap with those before. */
function isAt(key: WireReader, reader: WireReader, start: number, end: number): boolean {
  const length = end - start;
  if (key.end !== length) return false;
  if (length < 4) return key.bytes.compare(reader.bytes, start, end) === 0;
  const last = length - 4;
  if (key.wordAt(last) !== reader.wordAt(start + last)) return false;
  for (let at = 0; at < last; at += 4) {
    if (key.wordAt(at) !== reader.wordAt(start + at)) return false;
  }
  return true;
}
