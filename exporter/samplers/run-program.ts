import { execFile } from 'node:child_process';

const MAX_OUTPUT_BYTES = 1024 * 1024;

export interface ProgramOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Rejects when the program cannot be started (`code: 'ENOENT'`), is killed, or is aborted. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  signal: AbortSignal,
) => Promise<ProgramOutput>;

/**
 * Runs a program to its end, output bounded to 1 MiB each. An abort kills it with SIGKILL; the promise settles only
 * once it is gone, so a caller that waits for it never has two running, not even when the driver hangs in the kernel.
 */
export const runProgram: RunProgram = (program, args, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = execFile(
      program,
      [...args],
      { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL', windowsHide: true },
      (error, stdout, stderr) => {
        signal.removeEventListener('abort', kill);
        if (signal.aborted) reject(signal.reason);
        else if (error && typeof error.code !== 'number') reject(error);
        else resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
      },
    );
    const kill = () => {
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open, and a killed child may linger in the kernel: neither keeps us alive.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
    };
    signal.addEventListener('abort', kill, { once: true });
  });
