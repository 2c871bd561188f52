import type { PerMeter } from '../domain/meters.ts';
import type { Opportunity } from '../domain/opportunity.ts';

/** What was seen in a window of time. Rows of unpriced calls are left out: their cost is not known. */
export interface Evidence {
  /** Hours that the rows cover, at most the configured window. */
  readonly windowHours: number;
  readonly repeatedPrompts: readonly RepeatedPrompts[];
  readonly smallRequests: readonly SmallRequests[];
  readonly gpus: readonly GpuUse[];
}

/** Calls whose prompt hash was seen more than once, by (tenant, provider, model). */
export interface RepeatedPrompts {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  /** Distinct prompts. */
  readonly groups: number;
  readonly calls: number;
  readonly costNanoUsd: number;
  /** All calls but the dearest of each group: what a response cache would have saved. */
  readonly repeatCostNanoUsd: number;
}

/** Calls below the configured size, by (tenant, provider, model). */
export interface SmallRequests {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly quantities: PerMeter;
  readonly costNanoUsd: number;
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
