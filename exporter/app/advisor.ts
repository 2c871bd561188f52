import type { Config } from '../config/schema.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import type { Ports } from '../domain/ports.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { detectOpportunities } from '../opportunities/index.ts';
import type { Pricing } from '../pricing/index.ts';
import type { GpuUsageHistory } from '../samplers/gpu-usage-history.ts';

const HOUR_MS = 3_600_000;
const FIRST_LOOK_MS = 5000;

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
  readonly #timer: NodeJS.Timeout;
  #first: NodeJS.Timeout | undefined;
  #opportunities: readonly Opportunity[] = [];

  constructor(sources: AdvisorSources) {
    this.#sources = sources;
    this.#timer = setInterval(() => void this.look(), sources.settings.interval_seconds * 1000).unref();
  }

  get opportunities(): readonly Opportunity[] {
    return this.#opportunities;
  }

  /** The first look, once the start is over: it reads a day of charges. */
  lookSoon(): void {
    clearTimeout(this.#first);
    this.#first = setTimeout(() => void this.look(), FIRST_LOOK_MS).unref();
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

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#first);
  }
}
