import { max, sum } from './aggregation.ts';
import { series } from './series.ts';

const savings = max(['strategy', 'target', 'effort', 'risk'], series('llm_optimization_opportunity'));

export const openSavingsUsdPerMonth = sum([], savings);

export const opportunityTable = {
  savings,
  confidence: max(['strategy', 'target'], series('llm_optimization_opportunity_confidence_ratio')),
} as const;
