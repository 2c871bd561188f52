/**
 * The last fingerprints that were stored, between `size` and `2 × size` of them: what recognises a resent event
 * whose timestamp changed (or was never given) since the first time.
 */
export class RecentFingerprints {
  static readonly size = 131_072;
  #current = new Set<bigint>();
  #previous = new Set<bigint>();

  has(fingerprint: bigint): boolean {
    return this.#current.has(fingerprint) || this.#previous.has(fingerprint);
  }

  add(fingerprint: bigint): void {
    if (this.#current.size >= RecentFingerprints.size) {
      this.#previous = this.#current;
      this.#current = new Set();
    }
    this.#current.add(fingerprint);
  }

  /** Takes back fingerprints of a transaction that did not commit. */
  forget(fingerprints: Iterable<bigint>): void {
    for (const fingerprint of fingerprints) {
      this.#current.delete(fingerprint);
      this.#previous.delete(fingerprint);
    }
  }
}
