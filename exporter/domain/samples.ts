/**
 * One family's samples in columns, the form in which stages hand numbers to `publish`.
 * Row `i` has the label values `labelsAt(i)` in the order of the family's labels. Rows are only appended; a retired
 * row answers `undefined` for ever. A consumer may therefore cache what it renders from a row's labels.
 */
export interface SampleBlock {
  readonly family: string;
  readonly length: number;
  labelsAt(row: number): readonly string[] | undefined;
  /** In the block's `unit`. */
  valueAt(row: number): number;
  /** `nanoUsd` values are published in USD. */
  readonly unit: 'nanoUsd' | 'plain';
}

/** A block over a fixed list: for the small families that are computed anew for every scrape. */
export function fixedBlock(
  family: string,
  rows: readonly (readonly [labels: readonly string[], value: number])[],
): SampleBlock {
  return {
    family,
    length: rows.length,
    labelsAt: (row) => rows[row]?.[0],
    valueAt: (row) => rows[row]?.[1] ?? Number.NaN,
    unit: 'plain',
  };
}
