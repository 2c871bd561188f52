import type { SampleBlock } from '../domain/samples.ts';
import { labelKey } from './label-key.ts';

/** A growing list of series with their values: what a counter family, or a gauge that is summed up, lives in. */
export class SeriesTable implements SampleBlock {
  readonly family: string;
  readonly unit: SampleBlock['unit'];
  readonly #labels: (readonly string[])[] = [];
  readonly #rowOf = new Map<string, number>();
  #values = new Float64Array(64);

  constructor(family: string, unit: SampleBlock['unit'] = 'plain') {
    this.family = family;
    this.unit = unit;
  }

  get length(): number {
    return this.#labels.length;
  }

  /** The row with these label values, made at value 0 if it is new. */
  row(...labels: readonly string[]): number {
    const key = labelKey(labels);
    let row = this.#rowOf.get(key);
    if (row === undefined) {
      row = this.#labels.push(labels) - 1;
      this.#rowOf.set(key, row);
      if (row >= this.#values.length) {
        const grown = new Float64Array(2 * this.#values.length);
        grown.set(this.#values);
        this.#values = grown;
      }
    }
    return row;
  }

  add(row: number, amount: number): void {
    this.#values[row]! += amount;
  }

  labelsAt(row: number): readonly string[] | undefined {
    return this.#labels[row];
  }

  valueAt(row: number): number {
    return this.#values[row]!;
  }
}
