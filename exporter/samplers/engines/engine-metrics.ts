/**
 * How an engine calls what we publish. Where several names are given the first that is in the answer counts: they are
 * the same thing in different versions.
 */
export interface EngineMetrics {
  /** What all its metrics begin with. */
  readonly prefix: RegExp;
  /** The label with the model's name, if it has one. */
  readonly modelLabel?: string;
  /** All tokens of the prompts, cached ones among them. */
  readonly promptTokens: readonly string[];
  /** Those of `promptTokens` that were in the cache. */
  readonly cachedTokens: readonly string[];
  readonly outputTokens: readonly string[];
  readonly requests: readonly RequestCounter[];
  readonly running: readonly string[];
  readonly waiting: readonly string[];
  /** 0–1. */
  readonly kvCacheUsage: readonly string[];
  /**
   * The label that tells replicas of the engine apart: gauges are summed over them (usage: the mean). Other series of
   * a replica say the same again for each of its GPUs, or for a part of the requests: the largest counts.
   */
  readonly replicaLabel?: string;
}

export interface RequestCounter {
  readonly names: readonly string[];
  /** The label that says why a request ended; else `reason` is for all of them. */
  readonly reasonLabel?: string;
  readonly reason?: string;
}

/** `vllm:x`, and `vllm_x` as it is behind collectors that allow no colon in a name. */
export function withPrefix(prefix: string, ...names: readonly string[]): string[] {
  return names.flatMap((name) => [`${prefix}:${name}`, `${prefix}_${name}`]);
}

export function wantedNames(metrics: EngineMetrics): ReadonlySet<string> {
  const { promptTokens, cachedTokens, outputTokens, requests, running, waiting, kvCacheUsage } = metrics;
  const requestNames = requests.flatMap(({ names }) => names);
  return new Set([
    ...promptTokens,
    ...cachedTokens,
    ...outputTokens,
    ...requestNames,
    ...running,
    ...waiting,
    ...kvCacheUsage,
  ]);
}
