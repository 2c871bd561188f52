import type { CallPatterns } from '../domain/ledger-sums.ts';
import type { PerMeter } from '../domain/meters.ts';
import type { Opportunity } from '../domain/opportunity.ts';

/** What was seen in a window of time. */
export interface Evidence extends CallPatterns {
  readonly gpus: readonly GpuUse[];
}

export interface GpuUse {
  readonly uuid: string;
  readonly model: string;
  readonly meanUtilizationPercent: number;
  /** Hours that the mean is over. */
  readonly hours: number;
  /** Absent where no rate is configured for the GPU. */
  readonly hourlyNanoUsd: number | undefined;
}

export interface DetectorOptions {
  readonly minimumUsdPerMonth: number;
  /** `provider/model` to `provider/model`. */
  readonly cheaperModels: Readonly<Record<string, string>>;
  /** A GPU with a lower mean is under-used. */
  readonly gpuUtilizationPercent: number;
  /** Mean of a well-filled GPU. */
  readonly gpuTargetPercent: number;
  /** Nano-USD of these quantities on another model; absent where it has no price. */
  readonly priceAt: (
    provider: string,
    model: string,
    quantities: PerMeter,
    calls: number,
  ) => number | undefined;
}

/** Finds one kind of waste. Pure; every opportunity saves more than nothing and has its own target. */
export interface Detector {
  readonly strategy: Opportunity['strategy'];
  detect(evidence: Evidence, options: DetectorOptions): Opportunity[];
}
