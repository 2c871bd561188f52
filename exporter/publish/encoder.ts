import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SampleBlock } from '../domain/samples.ts';
import { CATALOGUE, type Family } from './catalogue.ts';
import { familyHeader } from './family-header.ts';
import type { Format } from './negotiate.ts';
import { type PrefixPage, prefixPage, rowCount } from './prefix-pages.ts';
import { MAX_VALUE_BYTES, writeNanoUsd, writeNumber } from './value-text.ts';

/** A chunk has at most this many bytes and rows, unless a single page of prefixes has more. */
const ARENA_BYTES = 256 * 1024;
const CHUNK_ROWS = 1024;
/** Rendering a row's labels counts as much as writing this many: right for the first scrape, when the code is cold. */
const ROWS_PER_RENDERED_ROW = 16;
const NEWLINE = 10;
const END = '# EOF\n';

const NO_FAMILIES: ReadonlyMap<string, Family> = new Map();

/**
 * Writes a scrape in chunks, with a turn of the event loop between them. Families come in the order of
 * the catalogue, then those of `foreign`; blocks of one family share its header; a family without samples is omitted.
 *
 * A chunk lies in one of two arenas that take turns: it is valid until the second chunk after it is asked for. A
 * consumer that queues chunks must copy them; `writeScrape` waits instead. Values are read when their chunk is
 * written, so a scrape is not one instant. Labels are rendered once per block: keep the block of a large family.
 *
 * Throws on a block whose family is neither in the catalogue nor in `foreign`.
 */
export async function* encode(
  blocks: readonly SampleBlock[],
  format: Format,
  foreign: ReadonlyMap<string, Family> = NO_FAMILIES,
): AsyncGenerator<Buffer, void, undefined> {
  let arena = Buffer.allocUnsafeSlow(ARENA_BYTES);
  let spare = Buffer.allocUnsafeSlow(ARENA_BYTES);
  let used = 0;
  /** Work of this turn, in written rows. */
  let work = 0;
  let current: Family | undefined;
  let header = '';

  for (const { family, block, page, renderedRows } of pagesInOrder(blocks, foreign)) {
    if (family !== current) {
      current = family;
      header = familyHeader(family, format);
    }
    const pageRows = rowCount(page);
    const need = header.length * 3 + page.bytes.length + pageRows * (MAX_VALUE_BYTES + 1) + END.length;
    work += pageRows + renderedRows * ROWS_PER_RENDERED_ROW;
    if (work > CHUNK_ROWS || used + need > arena.length) {
      if (used > 0) {
        yield arena.subarray(0, used);
        [arena, spare] = [spare, arena];
        used = 0;
      }
      await nextTurn();
      work = pageRows;
      if (need > arena.length) arena = Buffer.allocUnsafeSlow(need);
    }
    const samplesAt = used + arena.write(header, used);
    const end = writePage(arena, samplesAt, page, block);
    if (end > samplesAt) {
      used = end;
      header = '';
    }
  }
  if (format === 'openmetrics') used += arena.write(END, used);
  if (used > 0) yield arena.subarray(0, used);
}

function* pagesInOrder(blocks: readonly SampleBlock[], foreign: ReadonlyMap<string, Family>) {
  const blocksOf = Map.groupBy(blocks, (block) => block.family);
  for (const name of blocksOf.keys()) {
    if (!CATALOGUE.has(name) && !foreign.has(name)) {
      throw new Error(`block of family ${name}: neither in the catalogue nor among the foreign families`);
    }
  }
  for (const family of [...CATALOGUE.values(), ...foreign.values()]) {
    for (const block of blocksOf.get(family.name) ?? []) {
      for (let index = 0; ; index++) {
        const found = prefixPage(block, family, index);
        if (found === undefined) break;
        yield { family, block, ...found };
      }
    }
  }
}

/**
 * Writes the page's rows that are not retired at `at`; returns the position after them. The prefixes are copied to the
 * arena's end in one go and moved down row by row, which costs less than a copy from the page for each row.
 */
function writePage(arena: Buffer, at: number, page: PrefixPage, block: SampleBlock): number {
  const { firstRow, bytes, offsets } = page;
  const writeValue = block.unit === 'nanoUsd' ? writeNanoUsd : writeNumber;
  const rows = rowCount(page);
  const stagedAt = arena.length - bytes.length;
  bytes.copy(arena, stagedAt);
  let position = at;
  for (let i = 0; i < rows; i++) {
    const start = offsets[i]!;
    const end = offsets[i + 1]!;
    if (start === end || block.labelsAt(firstRow + i) === undefined) continue;
    arena.copyWithin(position, stagedAt + start, stagedAt + end);
    position = writeValue(arena, position + end - start, block.valueAt(firstRow + i));
    arena[position++] = NEWLINE;
  }
  return position;
}
