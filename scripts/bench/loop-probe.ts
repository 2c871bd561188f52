import { isMainThread } from 'node:worker_threads';
import { createThreadWait } from './thread-wait.ts';

/**
 * Preloaded into an exporter. On SIGUSR2 prints `loop-probe <n> <ms>`: the longest delay of a timer since the last
 * signal, less the time that other programs had the core.
 */
const INTERVAL_MS = 1;

if (isMainThread) {
  const threadWaitMs = createThreadWait();
  let longestMs = 0;
  let lastMs = performance.now();
  let lastWaitMs = threadWaitMs();
  setInterval(() => {
    const nowMs = performance.now();
    const waitMs = threadWaitMs();
    longestMs = Math.max(longestMs, nowMs - lastMs - INTERVAL_MS - (waitMs - lastWaitMs));
    lastMs = nowMs;
    lastWaitMs = waitMs;
  }, INTERVAL_MS).unref();
  let number = 0;
  process.on('SIGUSR2', () => {
    number += 1;
    process.stderr.write(`loop-probe ${number} ${longestMs.toFixed(3)}\n`);
    longestMs = 0;
  });
}
