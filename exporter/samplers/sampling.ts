import type { Ports } from '../domain/ports.ts';
import type { Reading, SamplerState } from '../domain/reading.ts';
import type { Sampler } from './sampler.ts';
import { SamplerLoop } from './sampler-loop.ts';

/** Calls back once after the delay; the answer cancels it. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

export interface SamplingOptions {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly ports: Ports;
  /**
   * Every successful reading, with the seconds since the previous one of the same sampler; undefined after a start or
   * a gap (more than two intervals and a timeout), which is nobody's time. When it throws, the seconds are not lost:
   * the next reading brings them.
   */
  readonly onReading: (reading: Reading, elapsedSeconds: number | undefined, samplerId: string) => void;
  readonly setTimer?: SetTimer;
}

export interface Sampling {
  /** By sampler id. A sampler that failed has no reading, whatever it said before. */
  states(): ReadonlyMap<string, SamplerState>;
  /** Ends all timers and aborts what is under way; no reading comes after it. */
  stop(): Promise<void>;
  /** Samples every sampler now, joining a sample that is under way. */
  sampleOnce(): Promise<void>;
}

const unrefTimer: SetTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};

/** Samples in the background, each sampler for itself: one that hangs or fails delays no other, and no scrape. */
export function startSampling(samplers: readonly Sampler[], options: SamplingOptions): Sampling {
  const loops = samplers.map(
    (sampler) => new SamplerLoop(sampler, { ...options, setTimer: options.setTimer ?? unrefTimer }),
  );
  for (const loop of loops) loop.start();
  return {
    states: () => new Map(loops.map((loop) => [loop.id, loop.state])),
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    sampleOnce: async () => {
      await Promise.all(loops.map((loop) => loop.sample()));
    },
  };
}
