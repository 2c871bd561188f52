import { measureIn } from './bench-context.ts';
import type { RawReadInput, RawReadResult } from './raw-read.ts';
import { count, type Row, times } from './report.ts';
import type { Section } from './section.ts';

const RATIO_TARGET = 3;

/** Providers' own bodies, from the bytes to the event, against the parsing of their JSON alone. */
export const rawSection: Section = {
  name: 'raw',
  title: 'Raw provider bodies',
  async run(context) {
    context.progress.show('raw: reading');
    const input: RawReadInput = { rounds: context.quick ? 5 : 15, windowMs: context.quick ? 60 : 200 };
    const results = await measureIn<RawReadResult[]>(context, 'raw-read.ts', input);
    return results.map(
      ({ name, bytes, readMs, parseMs, ratio }): Row => ({
        measure: `${name} (${count(bytes)} B), bytes to events`,
        ours: micros(readMs),
        against: `JSON.parse ${micros(parseMs)}`,
        ratio: times(ratio),
        target: `≤ ${RATIO_TARGET}×`,
        met: ratio <= RATIO_TARGET,
      }),
    );
  },
};

function micros(ms: number): string {
  return `${(ms * 1000).toFixed(ms < 0.1 ? 1 : 0)} µs`;
}
