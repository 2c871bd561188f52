import type { EngineMetrics } from './engine-metrics.ts';

/** Hugging Face Text Generation Inference. It names no model, and shows neither cached tokens nor its KV cache. */
export const TGI: EngineMetrics = {
  prefix: /^tgi_/m,
  promptTokens: ['tgi_request_input_length_sum'],
  cachedTokens: [],
  outputTokens: ['tgi_request_generated_tokens_sum'],
  requests: [
    { names: ['tgi_request_success', 'tgi_request_success_total'] },
    { names: ['tgi_request_failure', 'tgi_request_failure_total'], reason: 'error' },
  ],
  running: ['tgi_batch_current_size'],
  waiting: ['tgi_queue_size'],
  kvCacheUsage: [],
};
