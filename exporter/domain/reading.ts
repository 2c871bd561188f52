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
  /** Of the machine that the GPU is in, where the source says so. */
  readonly hostname?: string;
  /** Who holds it, in equal parts; empty where nobody does. Absent where the source cannot know. */
  readonly holders?: readonly GpuHolder[];
  /** Of a MIG instance: how many of the GPU's compute slices it has. */
  readonly slices?: { readonly held: number; readonly of: number };
}

/** A container that a GPU is given to. A name that is not known is empty. */
export interface GpuHolder {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** A MIG instance is a part of a GPU that is read and paid for as a whole. */
export function isMigInstance({ gpu }: GpuReading): boolean {
  return gpu.includes(':');
}

export interface HostReading {
  readonly cpuUtilizationPercent: number;
  readonly memoryUtilizationPercent: number;
}

export const ENGINES = ['vllm', 'sglang', 'tgi', 'ollama'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What an inference engine says of itself. Its tokens are another count of the same calls, and never a charge. */
export interface EngineReading {
  readonly engine: EngineName;
  /** Name of the target in the configuration. */
  readonly target: string;
  readonly models: readonly EngineModelReading[];
}

export interface EngineModelReading {
  readonly model: string;
  /** Counters since the engine started, disjoint; `input` has all prompt tokens where cached ones are not counted. */
  readonly tokens: {
    readonly input?: number;
    readonly cache_read?: number;
    readonly output?: number;
  };
  /** Counters of finished requests by reason; empty where the engine does not say why. */
  readonly requests: ReadonlyMap<string, number>;
  readonly running?: number;
  readonly waiting?: number;
  /** 0–1. */
  readonly kvCacheUsageRatio?: number;
}

export interface GpusReading {
  readonly kind: 'gpu';
  readonly gpus: readonly GpuReading[];
  /** Whether the namespace of a GPU's holder is the tenant who pays for it. */
  readonly tenantFromNamespace?: boolean;
}

export type Reading =
  | { readonly kind: 'host'; readonly host: HostReading }
  | GpusReading
  | { readonly kind: 'engine'; readonly engine: EngineReading };

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
