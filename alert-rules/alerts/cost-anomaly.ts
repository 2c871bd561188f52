import { queriedUsd, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';

const LABELS = ['job', 'tenant_id', 'window'] as const;
const BY = LABELS.join(', ');

/** USD of the same window, in an annotation. */
const usdOf = (metric: string, ...matchers: readonly string[]) =>
  queriedUsd(`max(${metric}{${[...LABELS.map((label) => `${label}=%q`), ...matchers].join()}})`, ...LABELS);

export function costAnomaly({ anomaly_minimum_usd }: AlertThresholds): Alert {
  return {
    alert: 'CostAnomaly',
    comment: `The last hours or the last day cost more than the exporter's own band allows, which knows the time of the day and of
the week. Silent without a band: too little is known. Its value is the excess.`,
    expr: promql`
      max by (${BY}) (llm_cost_window_usd)
      - max by (${BY}) (llm_cost_expected_usd{bound="upper"})
      > ${anomaly_minimum_usd}`,
    forSeconds: 300,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary:
      '{{ with $labels.tenant_id }}Tenant {{ . }}{{ else }}The whole organisation{{ end }} costs more than its band allows',
    description: `${usdOf('llm_cost_window_usd')} in the last {{ $labels.window }}, ${VALUE_USD} above the band, whose middle is ${usdOf('llm_cost_expected_usd', 'bound="mid"')}.`,
    dashboard: 'llm-cost-budgets',
  };
}
