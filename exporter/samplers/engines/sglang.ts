import { type EngineMetrics, withPrefix } from './engine-metrics.ts';

const named = (...names: string[]) => withPrefix('sglang', ...names);

/** SGLang, started with `--enable-metrics`. Tokens are counted when a request ends. */
export const SGLANG: EngineMetrics = {
  prefix: /^sglang[:_]/m,
  modelLabel: 'model_name',
  promptTokens: named('prompt_tokens_total'),
  cachedTokens: named('cached_tokens_total'),
  outputTokens: named('generation_tokens_total'),
  requests: [{ names: named('num_requests_total') }],
  running: named('num_running_reqs'),
  waiting: named('num_queue_reqs'),
  kvCacheUsage: named('token_usage'),
  replicaLabel: 'dp_rank',
};
