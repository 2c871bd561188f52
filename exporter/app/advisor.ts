import type { Config } from '../config/schema.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import type { Ports } from '../domain/ports.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { detectOpportunities } from '../opportunities/index.ts';
import type { Pricing } from '../pricing/index.ts';
import type { GpuUsageHistory } from '../samplers/gpu-usage-history.ts';

const HOUR_MS = 3_600_000;

export interface AdvisorSources {
  readonly ledger: Ledger;
  readonly gpuHistory: GpuUsageHistory;
  readonly pricing: () => Pricing;
  readonly settings: Config['opportunities'];
  readonly ports: Ports;
}

/** Looks for opportunities in what the ledger and the samplers saw of the recent window, every now and then. */
export class Advisor {
  readonly #sources: AdvisorSources;
  #opportunities: readonly Opportunity[] = [];

  constructor(sources: AdvisorSources) {
    this.#sources = sources;
  }

  get opportunities(): readonly Opportunity[] {
    return this.#opportunities;
  }

  async look(): Promise<void> {
    const { ledger, gpuHistory, settings, ports } = this.#sources;
    const pricing = this.#sources.pricing();
    const nowMs = ports.now();
    try {
      const patterns = await ledger.callPatterns({
        fromMs: nowMs - settings.window_hours * HOUR_MS,
        toMs: nowMs,
        smallInputTokens: settings.small_request.input_tokens,
        smallOutputTokens: settings.small_request.output_tokens,
      });
      const gpus = gpuHistory.meanUtilization(nowMs).map(({ uuid, model, meanPercent, hours }) => ({
        uuid,
        model,
        meanUtilizationPercent: meanPercent,
        hours,
        hourlyNanoUsd: pricing.gpuHourlyNanoUsd(model),
      }));
      const detection = detectOpportunities(
        { ...patterns, gpus },
        {
          minimumUsdPerMonth: settings.minimum_usd_per_month,
          cheaperModels: settings.cheaper_models,
          gpuUtilizationPercent: settings.gpu_utilization_percent,
          gpuTargetPercent: settings.gpu_target_percent,
          priceAt: (provider, model, quantities) => pricing.priceAt(provider, model, quantities, nowMs),
        },
      );
      this.#opportunities = detection.opportunities;
      for (const { strategy, error } of detection.failures)
        ports.log.error('detector failed', { strategy, error });
    } catch (error) {
      ports.log.warn('opportunities were not computed', { error: (error as Error).message });
    }
  }
}
