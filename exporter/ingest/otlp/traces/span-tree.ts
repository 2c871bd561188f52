import { PARENT_WORD, SPAN_WORD, type Span } from './span.ts';

/** Spans that one half of the memory holds. The older half is dropped to begin a new one. */
const SPANS_PER_HALF = 65_536;
const PLACES_PER_HALF = 2 * SPANS_PER_HALF;
const WORDS = 4;
/** Ids that are made to collide must not make looking them up slow: beyond this the older half is dropped early. */
const MAX_PROBES = 256;
/** Parents that are looked at above a span. Deeper nesting is no tree of calls. */
const MAX_DEPTH = 64;

const COUNTED = 1;
const IS_TOOL = 2;
export const CALL_BELOW = 4;
export const USAGE_BELOW = 8;

/** A span and its parent, each as two words of a hash over trace id and span id. Both are 0 where there is none. */
export interface SpanKeys {
  readonly low: number;
  readonly high: number;
  readonly parentLow: number;
  readonly parentHigh: number;
}

/**
 * The trees of recent spans, over requests, by which a call is told from what sums up calls. A span above a counted one
 * repeats its usage, and so does one below it: the first to come counts. What runs below a tool belongs to nothing above.
 * Of a fixed size; what came some 65,536 spans ago may be forgotten.
 */
export class SpanTree {
  /** Four words a place: a span's key and its parent's. Zeros where nothing is. */
  readonly #links = new Int32Array(WORDS * 2 * PLACES_PER_HALF);
  readonly #flags = new Uint8Array(2 * PLACES_PER_HALF);
  /** First place of the half that is being filled. */
  #newer = 0;
  #held = 0;

  /** Takes note of a span and its place. `undefined` for one without ids, which has none. */
  see(span: Span, isTool: boolean): SpanKeys | undefined {
    if (!span.hasId) return undefined;
    const keys = keysOf(span);
    const place = this.#placeOf(keys.low, keys.high);
    if (isTool) this.#flags[place]! |= IS_TOOL;
    if (keys.parentLow === 0 || this.#links[WORDS * place + 2] !== 0) return keys;
    this.#links[WORDS * place + 2] = keys.parentLow;
    this.#links[WORDS * place + 3] = keys.parentHigh;
    const below = this.#flags[place]! & (CALL_BELOW | USAGE_BELOW);
    if (below !== 0 && !isTool) this.markAbove(keys, below);
    return keys;
  }

  /** Tells all that is above a call of it. Whether one of them is counted already. */
  markAbove(keys: SpanKeys, below: number): boolean {
    let low = keys.parentLow;
    let high = keys.parentHigh;
    let isBelowCounted = false;
    for (let depth = 0; depth < MAX_DEPTH && low !== 0; depth++) {
      const place = this.#placeOf(low, high);
      const known = this.#flags[place]!;
      if ((known & IS_TOOL) !== 0) break;
      if ((known & COUNTED) !== 0) isBelowCounted = true;
      this.#flags[place] = known | below;
      low = this.#links[WORDS * place + 2]!;
      high = this.#links[WORDS * place + 3]!;
    }
    return isBelowCounted;
  }

  /** Whether any of these is below the span. */
  has({ low, high }: SpanKeys, below: number): boolean {
    return (this.#flags[this.#placeOf(low, high)]! & below) !== 0;
  }

  count({ low, high }: SpanKeys): void {
    this.#flags[this.#placeOf(low, high)]! |= COUNTED;
  }

  /** Takes `count` back. */
  discount({ low, high }: SpanKeys): void {
    this.#flags[this.#placeOf(low, high)]! &= ~COUNTED;
  }

  /** The place of a span, of a new one if it is not known. Places change with every new span. */
  #placeOf(low: number, high: number): number {
    const known = this.#find(low, high, this.#newer);
    if (known >= 0 && this.#links[WORDS * known] !== 0) return known;
    const older = this.#find(low, high, PLACES_PER_HALF - this.#newer);
    if (older >= 0 && this.#links[WORDS * older] !== 0) return older;
    if (known < 0 || this.#held >= SPANS_PER_HALF) {
      this.#turn();
      return this.#placeOf(low, high);
    }
    this.#held += 1;
    this.#links[WORDS * known] = low;
    this.#links[WORDS * known + 1] = high;
    return known;
  }

  /** Where the key is in that half, or the free place where it would be; -1 if there is none near. */
  #find(low: number, high: number, half: number): number {
    const links = this.#links;
    const home = low ^ high;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const place = half + ((home + probe) & (PLACES_PER_HALF - 1));
      const found = links[WORDS * place]!;
      if (found === 0 || (found === low && links[WORDS * place + 1] === high)) return place;
    }
    return -1;
  }

  #turn(): void {
    this.#newer = PLACES_PER_HALF - this.#newer;
    const end = this.#newer + PLACES_PER_HALF;
    this.#links.fill(0, WORDS * this.#newer, WORDS * end);
    this.#flags.fill(0, this.#newer, end);
    this.#held = 0;
  }
}

function keysOf(span: Span): SpanKeys {
  let low = 0x9e3779b1;
  let high = 0x85ebca77;
  for (let i = 0; i < SPAN_WORD; i++) {
    low = mixed(low, span.word(i));
    high = mixed(high, ~span.word(i));
  }
  const of = (state: number, at: number, flip: number) =>
    mixed(mixed(state, span.word(at) ^ flip), span.word(at + 1) ^ flip);
  const hasParent = span.hasParent;
  return {
    // Never 0, which is no key.
    low: of(low, SPAN_WORD, 0) | 1,
    high: of(high, SPAN_WORD, -1),
    parentLow: hasParent ? of(low, PARENT_WORD, 0) | 1 : 0,
    parentHigh: hasParent ? of(high, PARENT_WORD, -1) : 0,
  };
}

function mixed(state: number, word: number): number {
  const product = Math.imul(state ^ word, 0xcc9e2d51);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b);
}
