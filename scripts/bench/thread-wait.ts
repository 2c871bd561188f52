import { openSync, readSync } from 'node:fs';

/**
 * Milliseconds that the main thread of this process was ready to run but had no core, since it began: what other
 * programs on the machine took from it. Always 0 where the kernel does not say (`/proc/self/task/…/schedstat`).
 */
export function createThreadWait(): () => number {
  const file = openOrUndefined(`/proc/self/task/${process.pid}/schedstat`);
  const buffer = Buffer.alloc(64);
  return () => {
    if (file === undefined) return 0;
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  };
}

function openOrUndefined(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
