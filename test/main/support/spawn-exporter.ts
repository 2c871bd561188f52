import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const ROOT = join(import.meta.dirname, '../../..');

export interface Spawned {
  readonly process: ChildProcess;
  readonly exited: Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  /** Resolves with the match once it is in what was written to stderr; rejects if the process ends before. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
}

/** `node exporter/main.ts` with these arguments, without samplers unless a configuration says so. Killed after the test. */
export function spawnExporter(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Spawned {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LLM_COST_'));
  const child = spawn(process.execPath, [join(ROOT, 'exporter/main.ts'), ...args], {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  const exited = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => {
      isOver = true;
      wake();
      resolve({ code, stdout, stderr });
    });
  });
  return {
    process: child,
    exited,
    logged: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stderr);
          if (!found && !isOver) return;
          waiting.delete(look);
          if (found) resolve(found);
          else reject(new Error(`ended without ${pattern}: ${stderr}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
