import { descending, increase, rate, ratio, sum } from './aggregation.ts';
import { filtered } from './series.ts';

export const tokensPerSecondByType = sum(['token_type'], rate(filtered('llm_tokens_total')));

/** Share of all input that was read from the provider's cache, by model. Cache writes are input that was not. */
export const cacheReadShareByModel = ratio(
  sum(['model'], rate(filtered('llm_tokens_total', 'token_type=~"cache_read.*"'))),
  sum(['model'], rate(filtered('llm_tokens_total', 'token_type=~"(input|cache_).*"'))),
);

export const savedUsdBySource = descending(sum(['source'], increase(filtered('llm_cost_savings_total'))));
