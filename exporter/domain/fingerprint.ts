/**
 * 64-bit fingerprint of a text, written as two 32-bit halves to `out[at]`, `out[at + 1]`.
 * Two independent multiply-xorshift lanes with the murmur3 finaliser; not for secrets. The second half has more than
 * its lowest bit set: 0, 0 and 0, 1 are left to mean something else.
 */
export function writeFingerprint(text: string, out: Int32Array, at: number): void {
  let low = 0x9e3779b1 ^ text.length;
  let high = 0x85ebca77 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0xcc9e2d51);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high ^ unit, 0x1b873593);
    high = (high << 17) | (high >>> 15);
  }
  out[at] = finalise(low ^ Math.imul(high, 0x27d4eb2f));
  out[at + 1] = finalise(high ^ Math.imul(low, 0x165667b1)) | 2;
}

function finalise(mixed: number): number {
  let hash = mixed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
