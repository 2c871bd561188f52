import { usdFromNanoUsd } from '../domain/money.ts';
import type { Detector } from './detector.ts';
import { monthsPerWindow, sampleConfidence } from './extrapolation.ts';
import { modelPhrase, modelTarget } from './target.ts';

/** Saves what the repeats of identical prompts cost: a response cache would answer them. */
export const repeatedPrompts: Detector = {
  strategy: 'response_cache',
  detect({ windowHours, repeatedPrompts: rows }) {
    const months = monthsPerWindow(windowHours);
    if (months === undefined) return [];
    return rows
      .filter((row) => row.repeatCostNanoUsd > 0)
      .map((row) => {
        const repeats = row.calls - row.groups;
        const repeatCostUsd = usdFromNanoUsd(row.repeatCostNanoUsd);
        return {
          strategy: 'response_cache',
          target: modelTarget(row),
          effort: 'medium',
          risk: 'low',
          savingsUsdPerMonth: repeatCostUsd * months,
          confidence: sampleConfidence(row.calls, windowHours),
          advice: `Cache the responses of ${modelPhrase(row)}: ${repeats} of ${row.calls} calls repeat one of ${row.groups} prompts.`,
          evidence: {
            windowHours,
            tenantId: row.tenantId,
            provider: row.provider,
            model: row.model,
            prompts: row.groups,
            calls: row.calls,
            repeats,
            costUsd: usdFromNanoUsd(row.costNanoUsd),
            repeatCostUsd,
          },
        };
      });
  },
};
