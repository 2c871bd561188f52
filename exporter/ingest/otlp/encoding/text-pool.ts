const SIZE = 4096;
const MAX_LENGTH = 64;

/**
 * Gives the same string for the same bytes while it remembers them: comparing is faster than decoding, and stages that
 * follow find what is theirs by identity. Of a fixed size; a text takes the place of another with the same hash.
 */
export class TextPool {
  readonly #texts: string[] = new Array<string>(SIZE).fill('');

  /** The UTF-8 text at `[start, end)`. */
  textAt(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > MAX_LENGTH) return bytes.toString('utf8', start, end);
    const sample =
      (bytes[start]! << 24) ^
      (bytes[start + (length >> 1)]! << 16) ^
      (bytes[end - 2]! << 8) ^
      bytes[end - 1]!;
    const at = (Math.imul(sample ^ (length << 12), 0x9e3779b1) >>> 20) & (SIZE - 1);
    const known = this.#texts[at]!;
    if (known.length === length && isText(known, bytes, start)) return known;
    const text = bytes.toString('utf8', start, end);
    this.#texts[at] = text;
    return text;
  }
}

/** Never true for texts beyond ASCII: they have fewer characters than bytes, or ones that no byte is. */
function isText(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
