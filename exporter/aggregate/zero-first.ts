import type { SampleBlock } from '../domain/samples.ts';

/** Scrapers remembered; beyond it the longest unseen one is forgotten. */
const SCRAPER_LIMIT = 32;

interface Scraper {
  readonly views: readonly SampleBlock[];
  /** Rows per block that the scraper has been shown before this scrape, and with it. */
  seen: readonly number[];
  next: readonly number[];
}

/**
 * Shows each scraper a new counter series at 0 once before its value: `rate()` and `increase()` see no first
 * increment otherwise. Rows only grow, so one number per block and scraper says what it has seen.
 */
export class ZeroFirst {
  readonly #blocks: readonly SampleBlock[];
  /** Rows restored from the ledger: a scraper that we do not know saw them before the restart, if ever. */
  readonly #restored: readonly number[];
  readonly #scrapers = new Map<string, Scraper>();

  /** Call once the blocks hold what was restored. */
  constructor(blocks: readonly SampleBlock[]) {
    this.#blocks = blocks;
    this.#restored = blocks.map((block) => block.length);
  }

  /** The blocks as this scraper is to see them now. */
  viewFor(scraper: string): readonly SampleBlock[] {
    const state = this.#scrapers.get(scraper) ?? this.#newScraper();
    this.#scrapers.delete(scraper);
    this.#scrapers.set(scraper, state);
    if (this.#scrapers.size > SCRAPER_LIMIT) this.#scrapers.delete(this.#scrapers.keys().next().value!);
    state.seen = state.next;
    state.next = this.#blocks.map((block) => block.length);
    return state.views;
  }

  #newScraper(): Scraper {
    const state: Scraper = {
      views: this.#blocks.map((block, index) =>
        zeroFrom(
          block,
          () => state.seen[index]!,
          () => state.next[index]!,
        ),
      ),
      seen: this.#restored,
      next: this.#restored,
    };
    return state;
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
