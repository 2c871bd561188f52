import { METER, METERS, type Meter } from '../domain/meters.ts';
import { canonicalProvider } from '../domain/provider-name.ts';
import { type GpuRate, gpuRateFor } from './gpu-rates.ts';
import { compileCard } from './rate-card.ts';
import type { Resolution } from './resolution-cache.ts';
import { unpriced } from './unpriced.ts';

const PICO_PER_USD = 1e12;
const HOUR_MS = 3_600_000;
const MONTH_HOURS = 730;

/** Of each resource, the meter and how many of its units the rate is for. */
const PRICED_BY = {
  /** A core-hour. */
  cpu: { meter: 'cpu_core_millisecond', units: HOUR_MS },
  /** A GiB-hour. */
  memory: { meter: 'memory_mib_second', units: 1024 * 3600 },
  /** A GPU-hour. */
  gpu: { meter: 'gpu_millisecond', units: HOUR_MS },
  /** A GiB-month. */
  storage: { meter: 'storage_mib_minute', units: 1024 * MONTH_HOURS * 60 },
  /** A GB. */
  bandwidth: { meter: 'network_byte', units: 1e9 },
  /** A sandbox-hour. */
  sandbox: { meter: 'sandbox_millisecond', units: HOUR_MS },
} as const satisfies Readonly<Record<string, { readonly meter: Meter; readonly units: number }>>;

export type PricedResource = keyof typeof PRICED_BY;

export const PRICED_RESOURCES = Object.keys(PRICED_BY) as PricedResource[];

export interface ResourceRate {
  readonly resource: PricedResource;
  /** Part of the SKU's name, any case; every one if absent. */
  readonly sku?: string | undefined;
  readonly provider?: string | undefined;
  /** Per core-hour, GiB-hour, GPU-hour, GiB-month of 730 hours, GB transferred, sandbox-hour. */
  readonly usd: number;
}

export interface ResourceRates {
  readonly rates: readonly ResourceRate[];
  /** For GPU time that no rate of `rates` fits. */
  readonly gpuRates: readonly GpuRate[];
  /** Name of the file that holds them, for a card's source. */
  readonly file: string;
}

/** The first rate that fits. A resource without one is unpriced, like a model that no list has. */
export function resolveResource(
  given: ResourceRates,
  resource: PricedResource,
  givenProvider: string,
  sku: string,
): Resolution {
  const always = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const provider = canonicalProvider(givenProvider);
  const found = rateFor(given, resource, provider, sku);
  if (!found) return { ...always, outcome: unpriced('unknown_model') };
  const { meter, units } = PRICED_BY[resource];
  const list: (number | null)[] = METERS.map(() => null);
  // With its fraction: a GiB-month is 45 million units, and a rate of whole pico-USD would be off by per cents.
  list[METER[meter]] = (found.usd * PICO_PER_USD) / units;
  list[METER.request] = 0;
  const card = compileCard({
    source: found.source,
    provider,
    model: sku,
    serviceTier: 'standard',
    list,
    tier: { multiplier: 1, cacheReads: 'scaled' },
    discountRatio: 0,
  });
  return { ...always, outcome: { kind: 'cards', contextSteps: [], cards: [card] } };
}

function rateFor(
  { rates, gpuRates, file }: ResourceRates,
  resource: PricedResource,
  provider: string,
  sku: string,
): { readonly usd: number; readonly source: string } | undefined {
  const name = sku.toLowerCase();
  const index = rates.findIndex(
    (rate) =>
      rate.resource === resource &&
      (rate.provider === undefined || canonicalProvider(rate.provider) === provider) &&
      (rate.sku === undefined || name.includes(rate.sku.toLowerCase())),
  );
  const rate = rates[index];
  if (rate) return { usd: rate.usd, source: `${file} resources.rates[${index}]` };
  const gpu = resource === 'gpu' ? gpuRateFor(gpuRates, sku) : undefined;
  return gpu && { usd: gpu.rate.usd_per_hour, source: `${file} gpu.rates[${gpu.index}]` };
}
