import type { SampleBlock } from '../../domain/samples.ts';
import { family } from '../../publish/catalogue.ts';
import { prefixWriter } from '../../publish/prefix-text.ts';

/** What a scrape of the exporter adds to its labels. */
export const TARGET = 'instance="replay",job="llm-cost-exporter"';

/** `name{labels,instance,job} ` of rows, each rendered once as the exposition renders it. */
export class SamplePrefixes {
  readonly #byRow = new WeakMap<SampleBlock, Buffer[]>();
  readonly #byLabels = new Map<string, Buffer>();

  /** Undefined for a row that is retired. */
  of(block: SampleBlock, row: number): Buffer | undefined {
    const owner = block.labelled ?? block;
    const rows = this.#byRow.get(owner) ?? [];
    this.#byRow.set(owner, rows);
    const known = rows[row];
    if (known) return known;
    const labels = block.labelsAt(row);
    if (!labels) return undefined;
    const suffix = block.suffixAt?.(row) ?? '';
    const key = [block.family, suffix, ...labels].join('\0');
    let prefix = this.#byLabels.get(key);
    if (!prefix) {
      const writer = prefixWriter(family(block.family));
      const target = Buffer.alloc(writer.mostBytes(labels));
      const text = target.toString('utf8', 0, writer.write(target, 0, labels, suffix));
      prefix = Buffer.from(withTarget(text));
      this.#byLabels.set(key, prefix);
    }
    rows[row] = prefix;
    return prefix;
  }
}

/** `text` ends with a space, after a brace if there are labels. */
function withTarget(text: string): string {
  return text.endsWith('} ') ? `${text.slice(0, -2)},${TARGET}} ` : `${text.trimEnd()}{${TARGET}} `;
}
