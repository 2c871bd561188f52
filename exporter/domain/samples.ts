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
  /**
   * Histogram families only: what the row is called after the family's name. A `_bucket` row's labels have one value
   * more than the family, the `le` bound. The rows of one series lie together and end with `_count`.
   */
  suffixAt?(row: number): SampleSuffix;
  /** The block whose rows have these labels, where this is a view of it: what was rendered for one serves both. */
  readonly labelled?: SampleBlock;
}

export type SampleSuffix = '' | '_bucket' | '_sum' | '_count';

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

/** One histogram series. `counts` has one number per bound plus one for what lies above the last; not cumulative. */
export interface HistogramSeries {
  readonly labels: readonly string[];
  readonly counts: ArrayLike<number>;
  readonly sum: number;
}

/**
 * A live view of `series`, which may be appended to and counted into later; `bounds` ascend, without infinity.
 * Each series becomes its cumulative `_bucket` rows, `le="+Inf"` last, then `_sum` and `_count`.
 */
export function histogramBlock(
  family: string,
  bounds: readonly number[],
  series: readonly HistogramSeries[],
): SampleBlock {
  const bucketCount = bounds.length + 1;
  const rowsPerSeries = bucketCount + 2;
  const boundTexts = [...bounds.map(boundText), '+Inf'];
  const seriesAt = (row: number) => series[Math.floor(row / rowsPerSeries)];
  return {
    family,
    unit: 'plain',
    get length() {
      return series.length * rowsPerSeries;
    },
    labelsAt(row) {
      const labels = seriesAt(row)?.labels;
      const bound = boundTexts[row % rowsPerSeries];
      return bound === undefined || labels === undefined ? labels : [...labels, bound];
    },
    valueAt(row) {
      const one = seriesAt(row);
      if (!one) return Number.NaN;
      const position = row % rowsPerSeries;
      return position === bucketCount ? one.sum : countUpTo(one.counts, Math.min(position, bucketCount - 1));
    },
    suffixAt(row) {
      const position = row % rowsPerSeries;
      return position < bucketCount ? '_bucket' : position === bucketCount ? '_sum' : '_count';
    },
  };
}

/**
 * A finite bucket bound as the `le` label, in the spelling that OpenMetrics recommends and Prometheus 3 stores
 * (`1.0`, `0.005`, `1e+06`), so that a series has the same name in every format.
 */
export function boundText(bound: number): string {
  const [digits = '', exponent = ''] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) return `${digits}e${power < 0 ? '-' : '+'}${padPower(power)}`;
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}

function padPower(power: number): string {
  return String(Math.abs(power)).padStart(2, '0');
}

function countUpTo(counts: ArrayLike<number>, last: number): number {
  let sum = 0;
  for (let i = 0; i <= last; i++) sum += counts[i] ?? 0;
  return sum;
}
