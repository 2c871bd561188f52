import type { SampleBlock } from '../domain/samples.ts';
import type { Family } from './catalogue.ts';
import { prefixWriter } from './prefix-text.ts';

/** Bounds of one page: small enough that rendering one, even in code that was never run before, blocks no one. */
const PAGE_ROWS = 128;
const PAGE_BYTES = 64 * 1024;

/**
 * `name{labels} ` of consecutive rows as one run of bytes: row `firstRow + i` is `bytes[offsets[i], offsets[i + 1])`,
 * empty for a row that was retired before it was ever written.
 */
export interface PrefixPage {
  readonly firstRow: number;
  readonly bytes: Buffer;
  readonly offsets: Uint32Array;
}

const pagesOfBlock = new WeakMap<SampleBlock, PrefixPage[]>();

/**
 * Page `index` of a block, and how many of its rows had to be rendered; undefined past the block's end. Pages are kept
 * as long as the block, so what is handed in again is not rendered again.
 */
export function prefixPage(
  block: SampleBlock,
  family: Family,
  index: number,
): { page: PrefixPage; renderedRows: number } | undefined {
  const pages = pagesOf(block);
  const page = pages[index] ?? emptyPage(index === 0 ? 0 : endRow(pages[index - 1]!));
  if (endRow(page) >= block.length || isFull(rowCount(page), page.bytes.length, block, endRow(page))) {
    return rowCount(page) === 0 ? undefined : { page, renderedRows: 0 };
  }
  const longer = extended(page, block, family);
  pages[index] = longer;
  return { page: longer, renderedRows: rowCount(longer) - rowCount(page) };
}

export function rowCount(page: PrefixPage): number {
  return page.offsets.length - 1;
}

/** A view shares the pages of the block that it is a view of, which may be a few rows longer. */
function pagesOf(block: SampleBlock): PrefixPage[] {
  const owner = block.labelled ?? block;
  let pages = pagesOfBlock.get(owner);
  if (!pages) {
    pages = [];
    pagesOfBlock.set(owner, pages);
  }
  return pages;
}

function emptyPage(firstRow: number): PrefixPage {
  return { firstRow, bytes: Buffer.alloc(0), offsets: new Uint32Array(1) };
}

function endRow(page: PrefixPage): number {
  return page.firstRow + rowCount(page);
}

/** A page may exceed its bounds by one row, or by one histogram series: those are not torn apart. */
function isFull(rows: number, bytes: number, block: SampleBlock, nextRow: number): boolean {
  if (rows < PAGE_ROWS && bytes < PAGE_BYTES) return false;
  return block.suffixAt === undefined || block.suffixAt(nextRow - 1) === '_count';
}

/** Where pages are built before they are copied out at their exact size. */
let scratch = Buffer.allocUnsafeSlow(PAGE_BYTES * 2);

function extended(page: PrefixPage, block: SampleBlock, family: Family): PrefixPage {
  const writer = prefixWriter(family);
  const offsets = Array.from(page.offsets);
  const { length } = block;
  let used = page.bytes.copy(scratch);
  for (let row = endRow(page); row < length && !isFull(offsets.length - 1, used, block, row); row++) {
    const labels = block.labelsAt(row);
    if (labels !== undefined) {
      reserve(used, writer.mostBytes(labels));
      used = writer.write(scratch, used, labels, block.suffixAt?.(row) ?? '');
    }
    offsets.push(used);
  }
  return {
    firstRow: page.firstRow,
    bytes: Buffer.from(scratch.subarray(0, used)),
    offsets: new Uint32Array(offsets),
  };
}

function reserve(used: number, more: number): void {
  if (used + more <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow((used + more) * 2);
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}
