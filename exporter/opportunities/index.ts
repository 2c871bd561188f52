import type { Opportunity } from '../domain/opportunity.ts';
import type { Detector, DetectorOptions, Evidence } from './detector.ts';
import { idleGpus } from './idle-gpus.ts';
import { repeatedPrompts } from './repeated-prompts.ts';
import { smallRequests } from './small-requests.ts';

export const DETECTORS: readonly Detector[] = [repeatedPrompts, smallRequests, idleGpus];

/** Bounds the series that are published. */
export const MAX_OPPORTUNITIES = 50;

export interface Detection {
  /** Dearest first; at least the minimum; one per (strategy, target). */
  readonly opportunities: readonly Opportunity[];
  /** Detectors that threw, and what. The others' findings are complete. */
  readonly failures: readonly { readonly strategy: Opportunity['strategy']; readonly error: string }[];
}

/**
 * Runs every detector. Savings of different strategies overlap (a repeated prompt may also be a small request), so
 * their sum is more than can be saved.
 */
export function detectOpportunities(evidence: Evidence, options: DetectorOptions): Detection {
  const found = new Map<string, Opportunity>();
  const failures: Detection['failures'][number][] = [];
  for (const detector of DETECTORS) {
    try {
      for (const opportunity of detector.detect(evidence, options)) {
        const key = JSON.stringify([opportunity.strategy, opportunity.target]);
        const held = found.get(key);
        if (!held || opportunity.savingsUsdPerMonth > held.savingsUsdPerMonth) found.set(key, opportunity);
      }
    } catch (error) {
      failures.push({
        strategy: detector.strategy,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
  const opportunities = [...found.values()]
    .filter((opportunity) => opportunity.savingsUsdPerMonth >= options.minimumUsdPerMonth)
    .sort(bySavings)
    .slice(0, MAX_OPPORTUNITIES);
  return { opportunities, failures };
}

/** Ties by name, so that the same evidence always gives the same order. */
function bySavings(a: Opportunity, b: Opportunity): number {
  return (
    b.savingsUsdPerMonth - a.savingsUsdPerMonth ||
    compare(a.strategy, b.strategy) ||
    compare(a.target, b.target)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
