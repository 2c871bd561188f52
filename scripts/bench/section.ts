import type { BenchContext } from './bench-context.ts';
import type { Row } from './report.ts';

/** A part of the bench that can run by itself (`--only name`). */
export interface Section {
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}
