import { emptyPerMeter, METER, type PerMeter } from '../../exporter/domain/meters.ts';
import type { DetectorOptions, Evidence } from '../../exporter/opportunities/detector.ts';

export const NO_EVIDENCE: Evidence = { windowHours: 24, repeatedPrompts: [], smallRequests: [], gpus: [] };

export function quantities(input: number, output: number): PerMeter {
  const perMeter = emptyPerMeter();
  perMeter[METER.input] = input;
  perMeter[METER.output] = output;
  return perMeter;
}

/** 100 nano-USD a token on `mini`, nothing known of other models. */
export const OPTIONS: DetectorOptions = {
  minimumUsdPerMonth: 0,
  cheaperModels: { 'openai/gpt-4o': 'openai/mini' },
  gpuUtilizationPercent: 30,
  gpuTargetPercent: 70,
  priceAt: (provider, model, perMeter) =>
    provider === 'openai' && model === 'mini'
      ? 100 * perMeter.reduce((total, quantity) => total + quantity, 0)
      : undefined,
};
