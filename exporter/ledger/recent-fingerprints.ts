/** Fingerprints that a generation holds; its table is twice as large, so that probes stay short. */
const GENERATION = 131_072;
const SLOTS = 2 * GENERATION;

/**
 * The last fingerprints that were stored, between 131,072 and 262,144 of them: what recognises a resent event whose
 * timestamp changed (or was never given) since the first time. A fingerprint is two 32-bit halves.
 */
export class RecentFingerprints {
  static readonly size = GENERATION;
  #current = new Generation();
  #previous = new Generation();

  has(low: number, high: number): boolean {
    return this.#current.has(low, high) || this.#previous.has(low, high);
  }

  add(low: number, high: number): void {
    if (this.#current.size === GENERATION) {
      const forgotten = this.#previous;
      this.#previous = this.#current;
      this.#current = forgotten;
      forgotten.clear();
    }
    this.#current.add(low, high);
  }

  /** Takes back a fingerprint of a transaction that did not commit. */
  forget(low: number, high: number): void {
    this.#current.delete(low, high);
    this.#previous.delete(low, high);
  }
}

/** A hash set with linear probing. Deleting leaves the slot taken, until the generation is cleared. */
class Generation {
  /** Two halves a slot; 0, 0 is a free one and 0, 1 a deleted one. */
  readonly #slots = new Int32Array(2 * SLOTS);
  size = 0;

  has(low: number, high: number): boolean {
    return this.#find(low, high) >= 0;
  }

  add(low: number, high: number): void {
    const found = this.#find(low, high);
    if (found >= 0) return;
    this.#slots[~found] = low;
    this.#slots[~found + 1] = high;
    this.size += 1;
  }

  delete(low: number, high: number): void {
    const found = this.#find(low, high);
    if (found < 0) return;
    this.#slots[found] = 0;
    this.#slots[found + 1] = 1;
  }

  clear(): void {
    this.#slots.fill(0);
    this.size = 0;
  }

  /** Where it is, or the complement of the free slot where it would go. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    for (let slot = low & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const at = 2 * slot;
      if (slots[at] === low && slots[at + 1] === high) return at;
      if (slots[at] === 0 && slots[at + 1] === 0) return ~at;
    }
  }
}
