import { post, type SourceTraffic } from './source-traffic.ts';

/** LiteLLM's generic callback: batches of its standard logging payload. */
export function litellmTraffic(base: string, feature: string, nowMs: () => number): SourceTraffic {
  return {
    feature,
    send: (calls) => {
      const endTime = nowMs() / 1000;
      const payloads = calls.map((call) => ({
        id: call.id,
        call_type: 'acompletion',
        status: 'success',
        cache_hit: false,
        custom_llm_provider: call.provider,
        model: call.model,
        response_cost: 0.01,
        prompt_tokens: call.inputTokens,
        completion_tokens: call.outputTokens,
        total_tokens: call.inputTokens + call.outputTokens,
        startTime: endTime - 1.2,
        endTime,
        request_tags: [`feature:${feature}`],
        metadata: {
          user_api_key_team_alias: 'support',
          usage_object: {
            prompt_tokens: call.inputTokens,
            completion_tokens: call.outputTokens,
            total_tokens: call.inputTokens + call.outputTokens,
            prompt_tokens_details: { cached_tokens: call.cachedTokens },
          },
        },
      }));
      return post(`${base}/v1/litellm`, 'application/json', JSON.stringify(payloads));
    },
    close: async () => {},
  };
}
