import type { SampleBlock } from '../../exporter/domain/samples.ts';

/** Every series of the blocks by its name (family, suffix, label values as JSON), in the block's own unit. */
export function seriesOf(blocks: readonly SampleBlock[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const block of blocks) {
    for (let row = 0; row < block.length; row++) {
      const labels = block.labelsAt(row);
      if (labels === undefined) continue;
      const name = `${block.family}${block.suffixAt?.(row) ?? ''} ${JSON.stringify(labels)}`;
      if (found.has(name)) throw new Error(`two rows are ${name}`);
      found.set(name, block.valueAt(row));
    }
  }
  return found;
}

/** The series of one family by their label values, joined with commas. */
export function familyOf(blocks: readonly SampleBlock[], family: string): Map<string, number> {
  const own = seriesOf(blocks.filter((block) => block.family === family));
  return new Map(
    [...own].map(([name, value]) => [
      (JSON.parse(name.slice(name.indexOf(' ') + 1)) as string[]).join(','),
      value,
    ]),
  );
}

export function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
