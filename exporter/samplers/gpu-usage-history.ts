import type { GpuReading } from '../domain/reading.ts';

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;

export interface GpuMeanUtilization {
  readonly uuid: string;
  readonly model: string;
  /** Mean over the observed time, 0–100. */
  readonly meanPercent: number;
  /** Observed time in the window: unobserved time is not idle time. */
  readonly hours: number;
}

interface HourSum {
  seconds: number;
  percentSeconds: number;
}

/** Utilisation of each GPU over the last 24 hours, in at most 25 hourly sums. GPUs that do not report it are not in. */
export class GpuUsageHistory {
  readonly #gpus = new Map<string, { model: string; readonly hours: Map<number, HourSum> }>();

  /** `elapsedSeconds` ran at the utilisation of `gpus`, until `atMs` (milliseconds since the epoch). */
  record(gpus: readonly GpuReading[], elapsedSeconds: number, atMs: number): void {
    const hour = Math.floor(atMs / HOUR_MS);
    for (const { uuid, model, utilizationPercent } of gpus) {
      if (utilizationPercent === undefined) continue;
      const gpu = this.#gpus.get(uuid) ?? { model, hours: new Map<number, HourSum>() };
      this.#gpus.set(uuid, gpu);
      gpu.model = model;
      const sum = gpu.hours.get(hour) ?? { seconds: 0, percentSeconds: 0 };
      gpu.hours.set(hour, sum);
      sum.seconds += elapsedSeconds;
      sum.percentSeconds += elapsedSeconds * utilizationPercent;
    }
    this.#forget(hour);
  }

  /** As of `atMs`; GPUs without a reading in the window are not in it. */
  meanUtilization(atMs: number): GpuMeanUtilization[] {
    this.#forget(Math.floor(atMs / HOUR_MS));
    return [...this.#gpus].map(([uuid, { model, hours }]) => {
      const sums = [...hours.values()];
      const seconds = sums.reduce((total, sum) => total + sum.seconds, 0);
      const percentSeconds = sums.reduce((total, sum) => total + sum.percentSeconds, 0);
      return { uuid, model, meanPercent: percentSeconds / seconds, hours: seconds / 3600 };
    });
  }

  /** Hours ahead of now are left from a clock that was set back; they would stay for ever. */
  #forget(nowHour: number): void {
    for (const [uuid, { hours }] of this.#gpus) {
      for (const hour of hours.keys()) {
        if (hour > nowHour || hour < nowHour - WINDOW_HOURS) hours.delete(hour);
      }
      if (hours.size === 0) this.#gpus.delete(uuid);
    }
  }
}
