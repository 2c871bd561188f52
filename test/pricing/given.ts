import { configSchema } from '../../exporter/config/schema.ts';
import type { Price, Priced } from '../../exporter/domain/charge.ts';
import { emptyPerMeter, METER, type Meter } from '../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import type { PricingOptions } from '../../exporter/pricing/index.ts';

export type Quantities = Partial<Record<Meter, number>>;

export function perMeter(quantities: Quantities): number[] {
  const filled = emptyPerMeter();
  for (const [meter, quantity] of Object.entries(quantities)) filled[METER[meter as Meter]] = quantity;
  return filled;
}

export interface GivenEvent {
  readonly provider?: string;
  readonly model?: string;
  readonly tier?: string;
  readonly at?: string;
  readonly reportedNanoUsd?: number;
  readonly category?: 'gpu_compute' | 'api_external';
  readonly quantities?: Quantities | readonly number[];
}

export function event(given: GivenEvent): UsageEvent {
  const { quantities = {} } = given;
  return {
    id: 'event',
    timestampMs: Date.parse(given.at ?? '2026-09-01T12:00:00Z'),
    dimensions: {
      provider: given.provider ?? 'openai',
      model: given.model ?? 'gpt-4o',
      tenant_id: 'acme',
      team: '',
      project_id: '',
      feature: '',
      environment: '',
      operation: 'chat',
      service_tier: given.tier ?? '',
      status: 'success',
      category: given.category ?? 'api_external',
    },
    quantities: isList(quantities) ? quantities : perMeter(quantities),
    userId: '',
    executionId: '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: given.reportedNanoUsd,
    tags: '',
  };
}

function isList(quantities: Quantities | readonly number[]): quantities is readonly number[] {
  return Array.isArray(quantities);
}

/** Options as the configuration gives them. */
export function options(
  pricing: Record<string, unknown> = {},
  gpuRates: PricingOptions['gpuRates'] = [],
): PricingOptions {
  return { ...configSchema.parse({ pricing }).pricing, gpuRates, file: 'config.yaml' };
}

export function priced(price: Price): Priced {
  if (price.kind === 'unpriced') throw new Error(`expected a price, got unpriced: ${price.reason}`);
  return price;
}
