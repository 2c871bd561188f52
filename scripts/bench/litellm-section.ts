import { measureIn } from './bench-context.ts';
import type { LitellmInput, LitellmTimes } from './litellm-read.ts';
import { count, megabytes, ms, times } from './report.ts';
import type { Section } from './section.ts';

const PAYLOADS = 1000;
const TARGET = 3;

/** LiteLLM's payloads, with the messages and the response in them, against parsing the same bytes. */
export const litellmSection: Section = {
  name: 'litellm',
  title: 'LiteLLM payloads, 1,000 in an array, with messages and response',
  async run(context) {
    context.progress.show('litellm: reading payloads');
    const input: LitellmInput = { payloads: PAYLOADS, rounds: context.quick ? 9 : 25 };
    const { bytes, parseMs, readMs, ratio } = await measureIn<LitellmTimes>(
      context,
      'litellm-read.ts',
      input,
    );
    return [
      {
        measure: `1,000 LiteLLM payloads (${megabytes(bytes)}), bytes to events`,
        ours: `${ms(readMs)} (${count((PAYLOADS / readMs) * 1000)} calls/s)`,
        against: `JSON.parse ${ms(parseMs)}`,
        ratio: times(ratio),
        target: `≤ ${TARGET}×`,
        met: ratio <= TARGET,
      },
    ];
  },
};
