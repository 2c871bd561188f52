import type { LogFields, Ports } from '../../exporter/domain/ports.ts';
import type { SetTimer } from '../../exporter/samplers/sampling.ts';

export interface ManualTime {
  readonly ports: Ports;
  readonly setTimer: SetTimer;
  /** `level message {fields}` of everything logged. */
  readonly logged: string[];
  /** Delays of the timers that wait, ascending. */
  pending(): number[];
  /** Lets time pass and fires what is due on the way, each with all that follows from it. */
  advance(ms: number): Promise<void>;
}

/** Wall clock, monotonic clock, timers and log that move by hand. */
export function manualTime(startMs = 1_800_000_000_000): ManualTime {
  let elapsedMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const logged: string[] = [];
  const log = (level: string) => (message: string, fields?: LogFields) => {
    logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  return {
    ports: {
      now: () => startMs + elapsedMs,
      monotonic: () => elapsedMs,
      log: { info: log('info'), warn: log('warn'), error: log('error') },
    },
    setTimer: (callback, delayMs) => {
      const timer = { atMs: elapsedMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    logged,
    pending: () => [...timers].map((timer) => timer.atMs - elapsedMs).sort((a, b) => a - b),
    advance: async (ms) => {
      const untilMs = elapsedMs + ms;
      for (;;) {
        const due = [...timers].filter((one) => one.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) break;
        timers.delete(due);
        elapsedMs = due.atMs;
        due.callback();
        await settle();
      }
      elapsedMs = untilMs;
      await settle();
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
