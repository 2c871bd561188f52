import { type GpusReading, isMigInstance } from '../domain/reading.ts';
import type { UsageEvent } from '../domain/usage-event.ts';
import { GpuClock, type GpuOwner, gpuCharges } from './gpu-accrual.ts';
import { GpuTime } from './gpu-time.ts';
import type { GpuUsageHistory } from './gpu-usage-history.ts';

export interface GpuAccountsOptions {
  /** Ids of the samplers that see GPUs. Where several see the same one, the first is believed. */
  readonly samplers: readonly string[];
  /** A sampler that is silent for longer has a gap. */
  readonly gapSeconds: number;
  readonly owner: GpuOwner;
  readonly history: GpuUsageHistory;
}

/** What GPU time there is to charge, and how busy it was. */
export class GpuAccounts {
  readonly #options: GpuAccountsOptions;
  readonly #time: GpuTime;
  readonly #clock = new GpuClock();

  constructor(options: GpuAccountsOptions) {
    this.#options = options;
    this.#time = new GpuTime(options.samplers, options.gapSeconds);
  }

  /**
   * Events of the GPUs that have a price, for the time since the previous reading of any sampler. `elapsedSeconds` is
   * since the previous one of this sampler, undefined after a gap.
   */
  charge(
    { gpus, tenantFromNamespace }: GpusReading,
    elapsedSeconds: number | undefined,
    samplerId: string,
    at: { readonly nowMs: number; readonly monotonicMs: number },
    hasPrice: (gpuModel: string) => boolean,
  ): UsageEvent[] {
    const { history, owner } = this.#options;
    const uuids = gpus.filter((gpu) => !isMigInstance(gpu)).map(({ uuid }) => uuid);
    const secondsOf = this.#time.take(samplerId, uuids, elapsedSeconds, at.monotonicMs);
    // Nearly always the same for all of them.
    const bySeconds = Map.groupBy(gpus, ({ uuid }) => secondsOf.get(uuid));
    return [...bySeconds].flatMap(([seconds, group]) => {
      if (seconds === undefined) return [];
      const wholes = group.filter((gpu) => !isMigInstance(gpu));
      history.record(wholes, seconds, at.nowMs);
      const priced = group.filter((gpu) => isMigInstance(gpu) || hasPrice(gpu.model));
      return gpuCharges(priced, seconds, at.nowMs, owner, this.#clock, tenantFromNamespace);
    });
  }
}
