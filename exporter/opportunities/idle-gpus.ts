import { usdFromNanoUsd } from '../domain/money.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import type { Detector, DetectorOptions, GpuUse } from './detector.ts';
import { MINIMUM_WINDOW_HOURS, monthsPerWindow, windowConfidence } from './extrapolation.ts';

/**
 * Saves the part of a GPU that is paid for and not needed if its work ran at the target utilisation:
 * hours × rate × (1 − mean / target). Says nothing about a GPU without a rate or seen for less than an hour.
 */
export const idleGpus: Detector = {
  strategy: 'gpu_rightsizing',
  detect({ windowHours, gpus }, options) {
    const months = monthsPerWindow(windowHours);
    if (months === undefined) return [];
    return gpus.flatMap((gpu) => rightsizing(gpu, windowHours, months, options));
  },
};

function rightsizing(
  gpu: GpuUse,
  windowHours: number,
  months: number,
  { gpuUtilizationPercent, gpuTargetPercent }: DetectorOptions,
): Opportunity[] {
  if (gpu.hourlyNanoUsd === undefined || gpu.hours < MINIMUM_WINDOW_HOURS) return [];
  if (gpu.meanUtilizationPercent >= gpuUtilizationPercent) return [];
  const unneededRatio = 1 - gpu.meanUtilizationPercent / gpuTargetPercent;
  const hourlyUsd = usdFromNanoUsd(gpu.hourlyNanoUsd);
  const savingsUsdPerMonth = hourlyUsd * gpu.hours * unneededRatio * months;
  if (savingsUsdPerMonth <= 0) return [];
  return [
    {
      strategy: 'gpu_rightsizing',
      target: gpu.uuid,
      effort: 'medium',
      risk: 'medium',
      savingsUsdPerMonth,
      // Seen for the whole window or for a part of it.
      confidence: windowConfidence(gpu.hours) * Math.min(1, gpu.hours / windowHours),
      advice: `Move the work of ${gpu.model} ${gpu.uuid} to fewer or smaller GPUs: it is busy ${gpu.meanUtilizationPercent.toFixed(1)} % of the time.`,
      evidence: {
        windowHours,
        gpuModel: gpu.model,
        meanUtilizationPercent: gpu.meanUtilizationPercent,
        targetPercent: gpuTargetPercent,
        hours: gpu.hours,
        hourlyUsd,
        costUsd: hourlyUsd * gpu.hours,
      },
    },
  ];
}
