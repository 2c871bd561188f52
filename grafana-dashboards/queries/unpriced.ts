import { increase, sum, zeroWhileUp } from './aggregation.ts';
import { filtered, series } from './series.ts';

const UP = series('llm_cost_exporter_build_info');

/** Calls without a price in the time range, narrowed to the chosen models. */
export const unpricedRequests = zeroWhileUp(sum([], increase(filtered('llm_unpriced_requests_total'))), UP);

/** The same for a dashboard without usage variables. */
export const allUnpricedRequests = zeroWhileUp(sum([], increase(series('llm_unpriced_requests_total'))), UP);

const BY_CAUSE = ['provider', 'model', 'reason'];

/** Rows are causes; `requests` and `tokens` are counts over the time range. */
export const unpricedTable = {
  requests: `${sum(BY_CAUSE, increase(filtered('llm_unpriced_requests_total')))} > 0`,
  tokens: `${sum(BY_CAUSE, increase(filtered('llm_unpriced_tokens_total')))} > 0`,
} as const;
