/** What promtool may say about our names, and why it stays. */
export const PROMTOOL_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'gpu_instance_count non-histogram and non-summary metrics should not have "_count" suffix',
    'the name is given from outside; there is no family gpu_instance that it could be the count of',
  ],
  ...['llm_budget_forecast_usd', 'llm_budget_forecast_ratio', 'llm_cost_forecast_usd'].map(
    (name): [string, string] => [
      `${name} non-summary metrics should not have "quantile" label`,
      'a forecast is a distribution, and the label tells the median from the bands that come beside it',
    ],
  ),
]);
