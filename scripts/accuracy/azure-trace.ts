import { readFileSync } from 'node:fs';

/** One call of the Azure LLM inference trace. */
export interface TracedCall {
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The calls of a trace file: `TIMESTAMP,ContextTokens,GeneratedTokens`, UTC with seven decimals. */
export function readTrace(file: string): TracedCall[] {
  const [header, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  if (header !== 'TIMESTAMP,ContextTokens,GeneratedTokens')
    throw new Error(`${file}: unknown header ${header}`);
  return rows.map((row) => {
    const [timestamp = '', input = '', output = ''] = row.split(',');
    return {
      atMs: Date.parse(`${timestamp.slice(0, 23).replace(' ', 'T')}Z`),
      inputTokens: Number(input),
      outputTokens: Number(output),
    };
  });
}
