/**
 * Every metric family that the exporter publishes, once. Names and labels are a promise to dashboards and rules.
 * Dashboards and rules are generated against this list, and a golden scrape is compared with it.
 */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const USAGE = ['provider', 'model', 'tenant_id', 'team', 'feature', 'environment'];
const BUDGET = ['budget', 'scope', 'scope_id', 'period'];
const ENGINE = ['engine', 'target', 'model'];
const GPU = ['gpu', 'uuid', 'gpu_model'];

const counter = (name: string, help: string, labels: readonly string[] = []): Family => ({
  name,
  type: 'counter',
  help,
  labels,
});
const gauge = (name: string, help: string, labels: readonly string[] = []): Family => ({
  name,
  type: 'gauge',
  help,
  labels,
});
const histogram = (name: string, help: string, labels: readonly string[] = []): Family => ({
  name,
  type: 'histogram',
  help,
  labels,
});

const FAMILIES = [
  // usage and cost
  counter('llm_cost_total', 'Cost in USD, fed once per event. Unpriced usage is not in it.', [
    ...USAGE,
    'category',
    'token_type',
  ]),
  counter('llm_tokens_total', 'Tokens; the token types do not overlap, so a sum is a total.', [
    ...USAGE,
    'token_type',
  ]),
  counter('llm_requests_total', 'Calls by outcome.', [...USAGE, 'status']),
  histogram('llm_request_duration_seconds', 'Call duration as reported by the sender.', [
    'provider',
    'model',
  ]),
  gauge(
    'llm_cost_month_to_date_usd',
    'Cost in USD since the first of the month in the configured time zone.',
    ['tenant_id', 'team', 'model', 'provider', 'category', 'environment'],
  ),
  counter(
    'llm_unpriced_tokens_total',
    'Tokens of calls without a price. They cost something, but nobody knows what.',
    ['provider', 'model', 'reason'],
  ),
  counter('llm_unpriced_requests_total', 'Calls without a price.', ['provider', 'model', 'reason']),
  counter('llm_cost_savings_total', 'USD not spent, by what saved it (prompt_cache, service_tier).', [
    'tenant_id',
    'provider',
    'model',
    'source',
  ]),
  counter('llm_cost_wasted_total', 'USD spent on calls without a usable answer, by their status.', [
    'tenant_id',
    'provider',
    'model',
    'reason',
  ]),
  counter(
    'llm_cost_reported_total',
    'USD that senders (a gateway, an instrumentation) said their calls cost; kept apart from llm_cost_total.',
    ['provider', 'model'],
  ),
  counter(
    'llm_cost_computed_total',
    'USD of the calls in llm_cost_reported_total by our prices: what differs is a price that one of the two has wrong.',
    ['provider', 'model'],
  ),
  gauge('llm_cost_rate_usd_per_hour', 'Cost in USD of the last 60 minutes.', ['tenant_id', 'category']),

  // budgets
  gauge('llm_budget_limit_usd', 'Limit of the budget for its period, with what was carried over.', BUDGET),
  gauge('llm_budget_spent_usd', 'Spent in the current period.', BUDGET),
  gauge('llm_budget_reserved_usd', 'Promised to calls under way, by reservation.', BUDGET),
  gauge('llm_budget_remaining_usd', 'Limit less spent; negative once overspent.', BUDGET),
  gauge('llm_budget_quota_limit', 'Limit of a budget that is not in USD, in its unit.', [...BUDGET, 'unit']),
  gauge('llm_budget_quota_used', 'Used of such a budget in the current period, in its unit.', [
    ...BUDGET,
    'unit',
  ]),
  gauge('llm_budget_used_ratio', 'Spent by limit, of every budget: 1 is all of it.', BUDGET),
  gauge('llm_budget_threshold_ratio', 'Shares of its limit at which a budget is worth a word.', [
    ...BUDGET,
    'threshold',
  ]),
  counter(
    'llm_budget_consumed_total',
    'Counted against the budget since the exporter started, in its unit.',
    [...BUDGET, 'unit'],
  ),
  counter('llm_budget_decisions_total', 'Answers of hard budgets to calls that asked.', [
    'budget',
    'decision',
  ]),
  gauge('llm_budget_subjects', 'Subjects with usage of a budget for each of something.', ['budget']),
  gauge('llm_budget_subjects_over_limit', 'Subjects that have overspent theirs.', ['budget']),
  gauge('llm_budget_period_start_timestamp_seconds', 'Start of the current period.', BUDGET),
  gauge('llm_budget_period_end_timestamp_seconds', 'End of the current period (exclusive).', BUDGET),
  gauge(
    'llm_budget_forecast_usd',
    'Expected spend at the end of the period. Absent while too little is known.',
    [...BUDGET, 'quantile'],
  ),
  gauge('llm_budget_forecast_ratio', 'The same by limit, of every budget.', [...BUDGET, 'quantile']),
  gauge(
    'llm_budget_exhaustion_timestamp_seconds',
    'When the limit is reached by the forecast. Absent when it will not be.',
    BUDGET,
  ),
  gauge(
    'llm_budget_exhaustion_bound_timestamp_seconds',
    'When the limit is reached at the earliest and the latest, within the 90 % band.',
    [...BUDGET, 'bound'],
  ),
  gauge('llm_budget_monthly', 'Monthly limit in USD; an empty tenant_id is the whole organisation.', [
    'tenant_id',
  ]),

  // foresight
  gauge('llm_cost_forecast_usd', 'Expected cost of the current month, by value of a dimension.', [
    'dimension',
    'value',
    'quantile',
  ]),
  gauge(
    'llm_cost_window_usd',
    'Cost of the last whole hours, or with the running hour once that exceeds the band of a whole one; no tenant_id is the whole organisation.',
    ['tenant_id', 'window'],
  ),
  gauge('llm_cost_expected_usd', 'What the same window usually costs: lower, mid and upper bound.', [
    'tenant_id',
    'window',
    'bound',
  ]),
  gauge('llm_cost_anomaly_score', 'Half widths of that band between its middle and the cost.', [
    'tenant_id',
    'window',
  ]),
  counter('llm_cost_anomalies_total', 'Windows that left their band.', ['tenant_id', 'severity']),

  // the provider's bill
  gauge('llm_provider_reported_cost_usd', 'What the provider says that the day (UTC) cost.', [
    'provider',
    'day',
  ]),
  gauge('llm_provider_computed_cost_usd', 'What we counted for the provider and day.', ['provider', 'day']),
  gauge('llm_provider_reported_tokens', 'Tokens that the provider says it processed on the day (UTC).', [
    'provider',
    'day',
  ]),
  gauge('llm_provider_computed_tokens', 'Tokens that we counted for the provider and day.', [
    'provider',
    'day',
  ]),
  gauge(
    'llm_cost_reconciliation_drift_usd',
    'Reported less computed cost of a finished day: positive where the provider charges more than we counted.',
    ['provider', 'day'],
  ),
  gauge('llm_cost_reconciliation_drift_ratio', 'The drift by the reported cost of the day.', [
    'provider',
    'day',
  ]),

  // advice
  gauge('llm_optimization_opportunity', 'Estimated savings in USD per month.', [
    'strategy',
    'target',
    'effort',
    'risk',
  ]),
  gauge('llm_optimization_opportunity_confidence_ratio', 'How sure the estimate is, 0 to 1.', [
    'strategy',
    'target',
  ]),

  // host and GPUs
  gauge('cpu_utilization_percent', 'CPU utilisation of the host, 0 to 100.'),
  gauge('memory_utilization_percent', 'Memory in use on the host, 0 to 100.'),
  gauge(
    'gpu_utilization_percent',
    'GPU utilisation, 0 to 100. Absent where the driver does not report it (MIG).',
    GPU,
  ),
  gauge('gpu_memory_utilization_percent', 'GPU memory in use, 0 to 100.', GPU),
  gauge('gpu_memory_used_bytes', 'GPU memory in use.', GPU),
  gauge('gpu_memory_total_bytes', 'GPU memory installed.', GPU),
  gauge('gpu_power_watts', 'Power draw.', GPU),
  gauge('gpu_temperature_celsius', 'GPU temperature.', GPU),
  gauge('gpu_instance_count', 'GPUs (MIG instances counted apart) seen by the sampler.', ['gpu_model']),
  gauge('gpu_hourly_cost_usd', 'Configured price of one GPU-hour.', ['gpu_model']),

  gauge('gpu_owner_info', 'Who holds a GPU (a MIG instance); the value is 1. Join it on uuid and gpu.', [
    'gpu',
    'uuid',
    'hostname',
    'k8s_namespace',
    'k8s_pod',
    'k8s_container',
  ]),

  // self-hosted engines
  counter(
    'llm_engine_tokens_total',
    'Tokens that an engine counted itself. They are in llm_tokens_total too if its callers report them.',
    [...ENGINE, 'token_type'],
  ),
  counter('llm_engine_requests_total', 'Finished requests of an engine.', [...ENGINE, 'finish_reason']),
  gauge('llm_engine_requests_running', 'Requests that the engine is working on.', ENGINE),
  gauge('llm_engine_requests_waiting', 'Requests in the queue of the engine.', ENGINE),
  gauge('llm_engine_kv_cache_usage_ratio', 'KV cache in use, 0 to 1.', ENGINE),

  // the exporter itself
  gauge('llm_price_table_info', 'Price tables in use; the value is 1.', ['source', 'version']),
  gauge('llm_price_table_timestamp_seconds', 'When the price table was made.', ['source', 'version']),
  gauge('llm_cost_exporter_build_info', 'What is running; the value is 1.', [
    'version',
    'revision',
    'node_version',
  ]),
  counter(
    'llm_cost_exporter_ingest_events_total',
    'Events received, by what became of them (accepted, duplicate, rejected, failed).',
    ['source', 'result'],
  ),
  counter(
    'llm_cost_exporter_ingest_uncounted_total',
    'Calls that were seen and not counted, by why. A cost that is missing is here, not in llm_cost_total.',
    ['source', 'reason'],
  ),
  counter('llm_cost_exporter_ingest_unpriced_total', 'Accepted events without a price.', ['source']),
  histogram(
    'llm_cost_exporter_ingest_duration_seconds',
    'From the end of the request body to its acknowledgement.',
    ['source'],
  ),
  gauge('llm_cost_exporter_ledger_up', '1 while events can be stored, else 0 and they are refused with 503.'),
  counter('llm_cost_exporter_ledger_errors_total', 'Failed ledger operations.', ['operation']),
  gauge('llm_cost_exporter_ledger_rows', 'Charges stored.'),
  gauge('llm_cost_exporter_ledger_bytes', 'Size of the ledger files.'),
  histogram('llm_cost_exporter_ledger_commit_duration_seconds', 'Time of one durable commit.'),
  gauge('llm_cost_exporter_series', 'Series held.', ['family']),
  counter(
    'llm_cost_exporter_series_overflow_total',
    'Charges counted under "other" because the label budget was spent.',
    ['family'],
  ),
  gauge('llm_cost_exporter_exposition_bytes', 'Size of the previous scrape, uncompressed.'),
  gauge('llm_cost_exporter_exposition_duration_seconds', 'Time that the previous scrape took to write.'),
  gauge('llm_cost_exporter_sampler_up', '1 if the last sample succeeded.', ['sampler']),
  gauge('llm_cost_exporter_sampler_last_success_timestamp_seconds', 'When the sampler last succeeded.', [
    'sampler',
  ]),
  gauge('llm_cost_exporter_sampler_duration_seconds', 'Time of the last sample.', ['sampler']),
  gauge('llm_cost_exporter_bill_up', "1 if the provider's bill could be read the last time.", ['provider']),
  gauge('llm_cost_exporter_bill_last_success_timestamp_seconds', "When the provider's bill was last read.", [
    'provider',
  ]),
  gauge(
    'llm_cost_exporter_config_last_reload_successful',
    '1 if the running configuration is the one in the file.',
  ),
  gauge(
    'llm_cost_exporter_config_last_reload_success_timestamp_seconds',
    'When the configuration was last read successfully.',
  ),
] as const;

/** By name; insertion order is exposition order. */
export const CATALOGUE: ReadonlyMap<string, Family> = new Map(
  FAMILIES.map((family) => [family.name, family]),
);

/** The family of that name. Throws on a name that is not in the catalogue: a bug, not an outcome. */
export function family(name: string): Family {
  const found = CATALOGUE.get(name);
  if (!found) throw new Error(`metric family ${name} is not in the catalogue`);
  return found;
}
