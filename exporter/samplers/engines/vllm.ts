import { type EngineMetrics, withPrefix } from './engine-metrics.ts';

const named = (...names: string[]) => withPrefix('vllm', ...names);

/** vLLM, since 0.6; the count of cached tokens came in 2026. With `n` > 1 it counts each answer by itself. */
export const VLLM: EngineMetrics = {
  prefix: /^vllm[:_]/m,
  modelLabel: 'model_name',
  promptTokens: named('prompt_tokens_total'),
  // Not `prefix_cache_hits_total`: a request that waits is looked up, and counted, again at every step.
  cachedTokens: named('prompt_tokens_cached_total'),
  outputTokens: named('generation_tokens_total'),
  requests: [{ names: named('request_success_total'), reasonLabel: 'finished_reason' }],
  running: named('num_requests_running'),
  waiting: named('num_requests_waiting'),
  kvCacheUsage: named('kv_cache_usage_perc', 'gpu_cache_usage_perc'),
  replicaLabel: 'engine',
};
