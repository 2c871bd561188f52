/** One line of the table: what a source has brought so far. */
export interface SourceRow {
  readonly source: string;
  readonly calls: number;
  readonly tokens: number;
  readonly costUsd: number;
  readonly notCounted: string;
}

/** Lines of a table for people, columns aligned. */
export function sourcesTable(rows: readonly SourceRow[]): string[] {
  const cells = [
    ['source', 'calls', 'tokens', 'cost', 'seen and not counted'],
    ...rows.map((row) => [
      row.source,
      row.calls.toLocaleString('en'),
      row.tokens.toLocaleString('en'),
      `$${row.costUsd.toFixed(4)}`,
      row.notCounted || '-',
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column === 4 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
