import type { SmallRequests } from '../domain/ledger-sums.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import { cheaperModel } from './cheaper-model.ts';
import type { Detector, DetectorOptions } from './detector.ts';
import { monthsPerWindow, sampleConfidence } from './extrapolation.ts';
import { modelPhrase, modelTarget } from './target.ts';

/**
 * Saves the difference between what small requests cost and what the same quantities cost on the configured cheaper
 * model. Says nothing where that model has no price. Whether its answers are good enough is the `risk`.
 */
export const smallRequests: Detector = {
  strategy: 'model_downgrade',
  detect({ windowHours, smallRequests: rows }, options) {
    const months = monthsPerWindow(windowHours);
    if (months === undefined) return [];
    return rows.flatMap((row) => downgrade(row, windowHours, months, options));
  },
};

function downgrade(
  row: SmallRequests,
  windowHours: number,
  months: number,
  { cheaperModels, priceAt }: DetectorOptions,
): Opportunity[] {
  const cheaper = cheaperModel(cheaperModels, row.provider, row.model);
  if (cheaper === undefined) return [];
  const cheaperCostNanoUsd = priceAt(cheaper.provider, cheaper.model, row.quantities, row.calls);
  if (cheaperCostNanoUsd === undefined || cheaperCostNanoUsd >= row.costNanoUsd) return [];
  return [
    {
      strategy: 'model_downgrade',
      target: modelTarget(row),
      effort: 'low',
      risk: 'medium',
      savingsUsdPerMonth: usdFromNanoUsd(row.costNanoUsd - cheaperCostNanoUsd) * months,
      confidence: sampleConfidence(row.calls, windowHours),
      advice: `Send the small requests of ${modelPhrase(row)} to ${cheaper.model}: ${row.calls} calls are short enough for it.`,
      evidence: {
        windowHours,
        tenantId: row.tenantId,
        provider: row.provider,
        model: row.model,
        calls: row.calls,
        costUsd: usdFromNanoUsd(row.costNanoUsd),
        cheaperProvider: cheaper.provider,
        cheaperModel: cheaper.model,
        cheaperCostUsd: usdFromNanoUsd(cheaperCostNanoUsd),
      },
    },
  ];
}
