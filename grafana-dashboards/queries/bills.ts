import { max } from './aggregation.ts';
import { series } from './series.ts';

/** Rows are days of a provider. Replicas of one ledger agree. */
const perDay = (metric: string) => max(['provider', 'day'], series(metric));

export const billTable = {
  reported: perDay('llm_provider_reported_cost_usd'),
  computed: perDay('llm_provider_computed_cost_usd'),
  drift: perDay('llm_cost_reconciliation_drift_usd'),
  driftRatio: perDay('llm_cost_reconciliation_drift_ratio'),
  reportedTokens: perDay('llm_provider_reported_tokens'),
  computedTokens: perDay('llm_provider_computed_tokens'),
} as const;
