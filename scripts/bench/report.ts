/** One line of the table. Texts carry their units. */
export interface Row {
  readonly measure: string;
  readonly ours: string;
  /** What it is compared with, in the same run. */
  readonly against: string;
  readonly ratio: string;
  /** Empty where the figure is only for information. */
  readonly target: string;
  /** Absent where there is no target. */
  readonly met?: boolean;
}

const COLUMNS = ['measure', 'ours', 'against', 'ratio', 'target', ''] as const;

function cells(row: Row): readonly string[] {
  const verdict = row.met === undefined ? '' : row.met ? 'met' : 'MISSED';
  return [row.measure, row.ours, row.against, row.ratio, row.target, verdict];
}

export function textTable(rows: readonly Row[]): string {
  const lines = [COLUMNS, ...rows.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(rows: readonly Row[]): string {
  const lines = [COLUMNS, COLUMNS.map(() => '---'), ...rows.map(cells)];
  return lines.map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

export function ms(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`;
}

/** `3.2×`, or `1/20` for what is far below one. */
export function times(ratio: number): string {
  return ratio < 0.2 ? `1/${(1 / ratio).toFixed(1)}` : `${ratio.toFixed(2)}×`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
