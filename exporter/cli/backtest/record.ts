import type { EvaluationGrid } from './alert-spans.ts';
import { type RangeSeries, startPrometheus } from './prometheus-server.ts';
import type { RecordingRule } from './rule-files.ts';
import { FILE_MS, SampleFiles, type SampleFilesOptions, timeEnding } from './sample-files.ts';

/** Queries that run at a time. */
const AT_A_TIME = 2;

export interface RecordOptions extends Omit<SampleFilesOptions, 'name' | 'fileMs'> {
  /** The program. */
  readonly prometheus: string;
  readonly directory: string;
  readonly stepMs: number;
}

/**
 * Evaluates the rules over all the time at once and puts what they record into blocks; rules of one level read nothing
 * that another of them records. Answers the number of samples.
 */
export async function recordLevel(
  rules: readonly RecordingRule[],
  span: { readonly startMs: number; readonly endMs: number },
  options: RecordOptions,
  onProgress: (record: string, atMs: number) => void,
): Promise<number> {
  const { prometheus, directory, stepMs, programs } = options;
  const server = await startPrometheus({ program: prometheus, directory, stepMs, programs });
  const waiting = [...rules.entries()];
  let samples = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, rule] = next;
      const name = `${rule.record.replaceAll(':', '-')}-${index}`;
      const files = new SampleFiles({ ...options, name, fileMs: FILE_MS.fewSeries });
      const grid: EvaluationGrid = { ...alignedSpan(span, rule.intervalMs), stepMs: rule.intervalMs };
      for await (const part of server.parts(rule.expression, grid)) {
        const lastMs = await write(part, rule, files);
        onProgress(rule.record, lastMs);
      }
      await files.close();
      samples += files.samples;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    await server.stop();
  }
  return samples;
}

/** Multiples of the step within the span. */
export function alignedSpan(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  stepMs: number,
): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Math.ceil(startMs / stepMs) * stepMs, endMs: Math.floor(endMs / stepMs) * stepMs };
}

/** Series one after the other become moments one after the other. Answers the last one. */
async function write(
  part: readonly RangeSeries[],
  { record, labels }: RecordingRule,
  files: SampleFiles,
): Promise<number> {
  let lastMs = Number.NaN;
  const series = part.map(({ metric, values }) => ({
    prefix: Buffer.from(seriesPrefix(record, { ...metric, ...labels })),
    values,
    next: 0,
  }));
  for (;;) {
    let seconds = Number.POSITIVE_INFINITY;
    for (const { values, next } of series) seconds = Math.min(seconds, values[next]?.[0] ?? seconds);
    if (seconds === Number.POSITIVE_INFINITY) return lastMs;
    lastMs = seconds * 1000;
    await files.at(lastMs);
    const ending = timeEnding(lastMs);
    for (const one of series) {
      const value = one.values[one.next];
      if (value?.[0] !== seconds) continue;
      one.next += 1;
      files.add(one.prefix, (target, at) => at + target.write(value[1], at, 'latin1'), ending);
    }
  }
}

function seriesPrefix(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .filter(([label, value]) => label !== '__name__' && value !== '')
    .map(([label, value]) => `${label}="${value.replace(/["\\\n]/g, escaped)}"`);
  return pairs.length === 0 ? `${name} ` : `${name}{${pairs.join(',')}} `;
}

const escaped = (character: string) => (character === '\n' ? '\\n' : `\\${character}`);
