/** What the alerts compare with. Structurally the `alerts` section of the configuration. */
export interface AlertThresholds {
  readonly budget_warning_ratio: number;
  readonly cost_spike_factor: number;
  readonly cost_per_request_usd: number;
  readonly gpu_utilization_percent: number;
  readonly gpu_monthly_cost_usd: number;
  readonly tenant_cost_factor: number;
  readonly forecast_ratio: number;
  /** Burn rates: how many times as fast as the limit spread evenly over the period, by the longer window. */
  readonly burn_rate_1h: number;
  readonly burn_rate_6h: number;
  readonly burn_rate_1d: number;
  readonly burn_rate_3d: number;
  readonly exhaustion_lead_days: number;
  /** Up to this much spent, a budget in USD neither burns nor runs out. */
  readonly budget_minimum_usd: number;
  /** Up to this share of its limit in the longer window, a budget in another unit does not burn. */
  readonly budget_minimum_ratio: number;
  /** How far above its band a cost has to be. */
  readonly anomaly_minimum_usd: number;
  readonly wasted_cost_ratio: number;
  readonly wasted_cost_usd: number;
  readonly cache_drop_ratio: number;
  readonly cache_drop_tokens: number;
  readonly idle_gpu_utilization_percent: number;
  readonly idle_gpu_monthly_cost_usd: number;
  readonly price_table_days: number;
  readonly reconciliation_drift_ratio: number;
  readonly reconciliation_drift_usd: number;
  /** Without a trailing slash; `/<AlertName>.md` is appended. */
  readonly runbook_base_url: string;
  /** Without a trailing slash; `/<dashboard uid>` is appended. */
  readonly dashboard_base_url: string;
}

/** Twice nothing is still nothing: the alerts that compare with an earlier mean stay silent up to these amounts. */
export const MINIMUM_SPIKE_HOUR_USD = 1;
export const MINIMUM_TENANT_DAY_USD = 10;
