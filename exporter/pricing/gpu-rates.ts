import { METER, METERS } from '../domain/meters.ts';
import { canonicalProvider } from '../domain/provider-name.ts';
import { compileCard } from './rate-card.ts';
import type { Resolution } from './resolution-cache.ts';
import { unpriced } from './unpriced.ts';

export interface GpuRate {
  /** Part of the GPU's name, any case. */
  readonly model: string;
  readonly usd_per_hour: number;
}

/** The first rate whose `model` is in the GPU's name. */
export function gpuRateFor(
  rates: readonly GpuRate[],
  gpuModel: string,
): { readonly rate: GpuRate; readonly index: number } | undefined {
  const name = gpuModel.toLowerCase();
  const index = rates.findIndex((rate) => name.includes(rate.model.toLowerCase()));
  const rate = rates[index];
  return rate && { rate, index };
}

const PICO_PER_USD = 1e12;
const SECONDS_PER_HOUR = 3600;

export function resolveGpu(
  rates: readonly GpuRate[],
  file: string,
  provider: string,
  gpuModel: string,
): Resolution {
  const always = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const found = gpuRateFor(rates, gpuModel);
  if (!found) return { ...always, outcome: unpriced('unknown_model') };
  const list: (number | null)[] = METERS.map(() => null);
  list[METER.gpu_second] = Math.round((found.rate.usd_per_hour * PICO_PER_USD) / SECONDS_PER_HOUR);
  list[METER.request] = 0;
  const card = compileCard({
    source: `${file} gpu.rates[${found.index}]`,
    provider: canonicalProvider(provider),
    model: gpuModel,
    serviceTier: 'standard',
    list,
    tier: { multiplier: 1, cacheReads: 'scaled' },
    discountRatio: 0,
  });
  return { ...always, outcome: { kind: 'cards', contextSteps: [], cards: [card] } };
}
