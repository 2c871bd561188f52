import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Preloaded into an exporter. On SIGUSR2 prints `loop-probe <n> <ms>`: the longest block since the last signal. */
const RESOLUTION_MS = 1;

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let number = 0;
  process.on('SIGUSR2', () => {
    // What is recorded is the time between two ticks of the timer, its own interval included.
    const longestMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
    number += 1;
    process.stderr.write(`loop-probe ${number} ${longestMs.toFixed(3)}\n`);
    delay.reset();
  });
}
