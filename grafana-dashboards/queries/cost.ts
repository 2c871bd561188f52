import {
  descending,
  increase,
  nameAbsent,
  quantile,
  rate,
  ratio,
  sum,
  sumOverReplicas,
} from './aggregation.ts';
import { filtered, series } from './series.ts';

const SECONDS_PER_HOUR = 3600;

const cost = filtered('llm_cost_total');
const requests = filtered('llm_requests_total');

export const monthToDateUsd = sumOverReplicas(
  [],
  'llm_cost_month_to_date_usd',
  filtered('llm_cost_month_to_date_usd'),
);

export const spentUsd = sum([], increase(cost));

/** The exporter's own 60-minute sum: it is right from the first scrape on. It knows tenant and category only. */
export const lastHourUsd = sumOverReplicas(
  [],
  'llm_cost_rate_usd_per_hour',
  filtered('llm_cost_rate_usd_per_hour'),
);

/**
 * USD of the day that begins at each point; today's is what was spent so far. Needs a step of one day.
 * The offset reads ahead of the point, so that a bar stands under the day it counts and not under the next.
 */
export const dailyUsdByCategory = sum(['category'], `increase(${cost}[1d] offset -1d)`);

export const usdPerHourByModel = `${sum(['model'], rate(cost))} * ${SECONDS_PER_HOUR}`;

/** The ten largest by one dimension over the time range. */
export function topSpenders(label: 'tenant_id' | 'team' | 'feature'): string {
  return descending(nameAbsent(label, `topk(10, ${sum([label], increase(cost))} > 0)`));
}

/** What calls cost. GPU-hours accrue whether there are calls or not. */
const callCost = filtered('llm_cost_total', 'category="api_external"');

export const usdPerRequest = ratio(sum([], increase(callCost)), sum([], increase(requests)));
export const usdPerRequestByModel = ratio(sum(['model'], rate(callCost)), sum(['model'], rate(requests)));

export const usdPerMillionTokensByModel = `1e6 * ${ratio(
  sum(['model'], rate(callCost)),
  sum(['model'], rate(filtered('llm_tokens_total'))),
)}`;

const MODEL = ['provider', 'model'];
export const modelTable = {
  cost: sum(MODEL, increase(cost)),
  requests: sum(MODEL, increase(requests)),
  tokens: sum(MODEL, increase(filtered('llm_tokens_total'))),
  perRequest: ratio(sum(MODEL, increase(callCost)), sum(MODEL, increase(requests))),
  perMillion: `1e6 * ${ratio(
    sum(MODEL, increase(callCost)),
    sum(MODEL, increase(filtered('llm_tokens_total'))),
  )}`,
} as const;

export const wastedUsdByReason = descending(sum(['reason'], increase(filtered('llm_cost_wasted_total'))));

export const callsPerSecondByStatus = sum(['status'], rate(requests));

export const callSecondsP95ByModel = quantile(
  0.95,
  ['model'],
  filtered('llm_request_duration_seconds_bucket'),
);

/** Money that the GPUs of the chosen targets cost per hour, from what was accrued to the ledger. */
export const gpuUsdPerHour = `${sum(
  [],
  rate(series('llm_cost_total', 'category="gpu_compute"')),
)} * ${SECONDS_PER_HOUR}`;
