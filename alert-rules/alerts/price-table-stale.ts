import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';

export function priceTableStale({ price_table_days }: AlertThresholds): Alert {
  return {
    alert: 'PriceTableStale',
    comment: `The newest price table is old: prices that changed since are wrong without a word, new models are unpriced. A table
whose day nobody knows has no timestamp and is not looked at.`,
    expr: `time() - max by (job) (llm_price_table_timestamp_seconds) > ${price_table_days} * 86400`,
    forSeconds: 3600,
    severity: 'warning',
    summary: 'The prices of {{ $labels.job }} are old',
    description: `The newest price table is {{ $value | humanizeDuration }} old (limit ${price_table_days} days).`,
    dashboard: 'llm-cost-exporter-health',
  };
}
