import type { SampleBlock } from '../domain/samples.ts';

/** Scrapers remembered; beyond it the longest unseen one is forgotten. */
const SCRAPER_LIMIT = 32;
/** A scraper that comes this soon after the start was there before it, or starts with us. */
const RETURN_MS = 300_000;

interface Scraper {
  readonly views: readonly SampleBlock[];
  /** Rows per block that the scraper has been shown before this scrape, and with it. */
  seen: readonly number[];
  next: readonly number[];
}

/**
 * Shows each scraper a new counter series at 0 once before its value: `rate()` and `increase()` see no first
 * increment otherwise. Rows only grow, so one number per block and scraper says what it has seen.
 *
 * A scraper that comes soon after the start has not seen the rows made since, but those restored from the ledger it has,
 * if ever. One that comes later is new: what has added up by then did not happen between two of its scrapes.
 */
export class ZeroFirst {
  readonly #blocks: readonly SampleBlock[];
  readonly #startedMs: number;
  /** Rows at the start. */
  readonly #restored: readonly number[];
  readonly #scrapers = new Map<string, Scraper>();

  /** Call once the blocks hold what was restored. */
  constructor(blocks: readonly SampleBlock[], startedMs: number) {
    this.#blocks = blocks;
    this.#startedMs = startedMs;
    this.#restored = this.#lengths();
  }

  /** The blocks as this scraper is to see them now. */
  viewFor(scraper: string, nowMs: number): readonly SampleBlock[] {
    const state = this.#scrapers.get(scraper) ?? this.#newScraper(nowMs);
    this.#scrapers.delete(scraper);
    this.#scrapers.set(scraper, state);
    if (this.#scrapers.size > SCRAPER_LIMIT) this.#scrapers.delete(this.#scrapers.keys().next().value!);
    state.seen = state.next;
    state.next = this.#lengths();
    return state.views;
  }

  #newScraper(nowMs: number): Scraper {
    const seen = nowMs - this.#startedMs < RETURN_MS ? this.#restored : this.#lengths();
    const state: Scraper = {
      views: this.#blocks.map((block, index) =>
        zeroFrom(
          block,
          () => state.seen[index]!,
          () => state.next[index]!,
        ),
      ),
      seen,
      next: seen,
    };
    return state;
  }

  #lengths(): number[] {
    return this.#blocks.map((block) => block.length);
  }
}

/** The first `seen()` rows as they are, the rest up to `end()` at 0. */
function zeroFrom(block: SampleBlock, seen: () => number, end: () => number): SampleBlock {
  return {
    family: block.family,
    unit: block.unit,
    labelled: block,
    get length() {
      return end();
    },
    labelsAt: (row) => block.labelsAt(row),
    valueAt: (row) => (row < seen() ? block.valueAt(row) : 0),
    ...(block.suffixAt && { suffixAt: (row: number) => block.suffixAt!(row) }),
  };
}
