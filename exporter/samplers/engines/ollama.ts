import type { EngineMetrics } from './engine-metrics.ts';

/**
 * Proxies that count what passes through them to Ollama, which has no metrics of its own: the names of
 * `ollama-metrics-proxy` (elliotfehr) and `ollama-metrics` (NorskHelsenett).
 */
export const OLLAMA: EngineMetrics = {
  prefix: /^ollama_/m,
  modelLabel: 'model',
  promptTokens: ['ollama_prompt_tokens_total'],
  cachedTokens: [],
  outputTokens: ['ollama_completion_tokens_total', 'ollama_generated_tokens_total'],
  requests: [{ names: ['ollama_requests_total', 'ollama_request_duration_seconds_count'] }],
  running: ['ollama_active_requests'],
  waiting: [],
  kvCacheUsage: [],
  replicaLabel: 'endpoint',
};
