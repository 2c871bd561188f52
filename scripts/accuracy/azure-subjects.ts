import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTrace, type TracedCall } from './azure-trace.ts';
import type { Subject } from './seeded-series.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/data/azure-llm-trace');
const HOURS = 30 * 24;
const MONTH = { startMs: Date.UTC(2023, 10, 1), endMs: Date.UTC(2023, 11, 1) };

/** What one call adds to a series. */
const AMOUNTS: Readonly<Record<string, (call: TracedCall) => number>> = {
  calls: () => 1,
  'input tokens': ({ inputTokens }) => inputTokens,
  'output tokens': ({ outputTokens }) => outputTokens,
};

/**
 * The hour of the Azure LLM inference trace stretched to a month: 720 parts of some 5 s each stand for its hours. Empty
 * where the trace is absent, which is said.
 */
export function azureSubjects(): Subject[] {
  return ['conv', 'code'].flatMap((name) => {
    const file = join(FOLDER, `${name}.csv`);
    if (!existsSync(file)) {
      console.warn(`SKIPPED: the Azure LLM inference trace, ${file} is absent`);
      return [];
    }
    const calls = readTrace(file);
    const firstMs = calls[0]!.atMs;
    const lengthMs = calls.at(-1)!.atMs - firstMs + 1;
    return Object.entries(AMOUNTS).map(([unit, amountOf], seed) => {
      const amounts = new Float64Array(HOURS);
      for (const call of calls)
        amounts[Math.floor(((call.atMs - firstMs) * HOURS) / lengthMs)]! += amountOf(call);
      const series = { startMs: MONTH.startMs, amounts };
      return Object.freeze({ kind: `${name}, ${unit}`, seed, timeZone: 'UTC', period: MONTH, series });
    });
  });
}
