import type { Opportunity } from '../domain/opportunity.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

/** Expects each (strategy, target) once. */
export function opportunityBlocks(opportunities: readonly Opportunity[]): SampleBlock[] {
  return [
    fixedBlock(
      'llm_optimization_opportunity',
      opportunities.map((one) => [[one.strategy, one.target, one.effort, one.risk], one.savingsUsdPerMonth]),
    ),
    fixedBlock(
      'llm_optimization_opportunity_confidence_ratio',
      opportunities.map((one) => [[one.strategy, one.target], one.confidence]),
    ),
  ];
}
