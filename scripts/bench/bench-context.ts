import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Children } from '../demo/children.ts';
import type { Progress } from '../demo/progress.ts';

/** What every section is given. */
export interface BenchContext {
  /** Temporary folder, gone when the bench ends. */
  readonly dir: string;
  readonly quick: boolean;
  readonly children: Children;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/**
 * Runs `scripts/bench/<script>` in a process of its own with `input` as its JSON argument, and returns the JSON that
 * it prints. Throws with its stderr where it fails.
 */
export function measureIn<Result>({ stop }: BenchContext, script: string, input: unknown): Promise<Result> {
  const file = join(import.meta.dirname, script);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', file, JSON.stringify(input)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: stop,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Result);
      else reject(new Error(`${script} ended with ${code}: ${errors.slice(-4000)}`));
    });
  });
}

/** The argument that `measureIn` gave to this process. */
export function input<Input>(): Input {
  return JSON.parse(process.argv[2] ?? 'null') as Input;
}

/** Hands the result to `measureIn` and ends this process. */
export function finish(result: unknown): void {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
