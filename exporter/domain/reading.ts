/** What a sampler saw at one moment. A field that the device does not report is absent, never 0. */
export interface GpuReading {
  /** Index as nvidia-smi prints it; a MIG instance is `<gpu>:<gpu instance id>`. */
  readonly gpu: string;
  readonly uuid: string;
  readonly model: string;
  readonly utilizationPercent?: number;
  readonly memoryUtilizationPercent?: number;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly powerWatts?: number;
  readonly temperatureCelsius?: number;
}

/** A MIG instance is a part of a GPU that is read and paid for as a whole. */
export function isMigInstance({ gpu }: GpuReading): boolean {
  return gpu.includes(':');
}

export interface HostReading {
  readonly cpuUtilizationPercent: number;
  readonly memoryUtilizationPercent: number;
}

export type Reading =
  | { readonly kind: 'host'; readonly host: HostReading }
  | { readonly kind: 'gpu'; readonly gpus: readonly GpuReading[] };

/** Data apart from health: a failed read carries no old reading. */
export type SamplerState =
  | { readonly state: 'starting' }
  | { readonly state: 'absent'; readonly reason: string }
  | { readonly state: 'up'; readonly reading: Reading; readonly atMs: number; readonly durationMs: number }
  | {
      readonly state: 'down';
      readonly error: string;
      readonly lastSuccessMs?: number;
      readonly durationMs: number;
    };
