import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { METER, type Meter } from '../../exporter/domain/meters.ts';
import type { Category } from '../../exporter/domain/usage-event.ts';
import { createPricing, type PricingOptions } from '../../exporter/pricing/index.ts';
import type { PricedResource, ResourceRate } from '../../exporter/pricing/resource-rates.ts';
import { event, options, perMeter, priced } from './given.ts';

const SHAPE: Readonly<Record<PricedResource, readonly [meter: Meter, category: Category, perRate: bigint]>> =
  {
    cpu: ['cpu_core_millisecond', 'cpu_compute', 3_600_000n],
    memory: ['memory_mib_second', 'memory', 1024n * 3600n],
    gpu: ['gpu_millisecond', 'gpu_compute', 3_600_000n],
    storage: ['storage_mib_minute', 'storage', 1024n * 730n * 60n],
    bandwidth: ['network_byte', 'network', 1_000_000_000n],
    sandbox: ['sandbox_millisecond', 'cpu_compute', 3_600_000n],
  };
const RESOURCES = Object.keys(SHAPE) as PricedResource[];

function used(resource: PricedResource, quantity: number, provider = '', sku: string = resource) {
  const [meter, category] = SHAPE[resource];
  const base = event({ provider, model: sku, quantities: perMeter({ [meter]: quantity }) });
  return { ...base, dimensions: { ...base.dimensions, category, operation: resource } };
}

function pricingOf(resourceRates: readonly ResourceRate[], gpuRates: PricingOptions['gpuRates'] = []) {
  return createPricing({ ...options({}, gpuRates), resourceRates });
}

/** Nano-USD by rational arithmetic, rounded half up. `usd` has at most 9 decimals. */
function exactNanoUsd(resource: PricedResource, quantity: number, usd: number): bigint {
  const numerator = BigInt(quantity) * BigInt(Math.round(usd * 1e9));
  const perRate = SHAPE[resource][2];
  return (2n * numerator + perRate) / (2n * perRate);
}

describe('a rate and a quantity make the exact cost', () => {
  test.each<[what: string, PricedResource, quantity: number, usd: number]>([
    ['64 cores for a year', 'cpu', 64 * 1000 * 365 * 86_400, 0.0416],
    ['a core for 1 ms', 'cpu', 1, 0.0416],
    ['a GiB for a second', 'memory', 1024, 0.0056],
    ['768 GiB for a month', 'memory', 768 * 1024 * 730 * 3600, 0.0056],
    ['8 GPUs for a year', 'gpu', 8 * 1000 * 365 * 86_400, 2.99],
    ['a MiB for a minute', 'storage', 1, 0.023],
    ['a PiB for a month', 'storage', 2 ** 30 * 730 * 60, 0.023],
    ['a byte', 'bandwidth', 1, 0.09],
    ['a PB', 'bandwidth', 1e15, 0.09],
    ['a sandbox for 1 ms', 'sandbox', 1, 0.083],
    ['nothing', 'sandbox', 0, 0.083],
  ])('%s', (_what, resource, quantity, usd) => {
    const price = priced(pricingOf([{ resource, usd }]).price(used(resource, quantity)));
    expect(BigInt(price.costNanoUsd)).toBe(exactNanoUsd(resource, quantity, usd));
    expect(price.costs[METER[SHAPE[resource][0]]]).toBe(price.costNanoUsd);
  });

  test('of any quantity and rate, to less than a billionth of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RESOURCES),
        fc.integer({ min: 0, max: 1e15 }),
        fc.integer({ min: 0, max: 100_000_000 }),
        (resource, quantity, usdMicro) => {
          const usd = usdMicro / 1e6;
          const price = pricingOf([{ resource, usd }]).price(used(resource, quantity));
          const exact = Number(exactNanoUsd(resource, quantity, usd));
          if (exact > Number.MAX_SAFE_INTEGER) expect(price.kind).toBe('unpriced');
          else expect(Math.abs(priced(price).costNanoUsd - exact)).toBeLessThanOrEqual(exact * 1e-12 + 1);
        },
      ),
    );
  });

  test('a month of milliseconds is what a month is, to less than a nano-USD each', () => {
    const pricing = pricingOf([{ resource: 'cpu', usd: 0.0416 }]);
    const month = priced(pricing.price(used('cpu', 730 * 3_600_000))).costNanoUsd;
    const second = priced(pricing.price(used('cpu', 1000))).costNanoUsd;
    expect(Math.abs(second * 730 * 3600 - month)).toBeLessThanOrEqual((730 * 3600) / 2);
  });
});

describe('the first rate that fits counts', () => {
  const pricing = pricingOf([
    { resource: 'cpu', sku: 'C7G', usd: 0.03 },
    { resource: 'cpu', provider: 'bedrock', usd: 0.04 },
    { resource: 'cpu', sku: 'm7', provider: 'gcp', usd: 0.06 },
    { resource: 'memory', usd: 0.005 },
  ]);
  test.each<[resource: PricedResource, provider: string, sku: string, source: string | undefined]>([
    ['cpu', '', 'c7g.xlarge', 'config.yaml resources.rates[0]'],
    ['cpu', 'aws', 'c7g.xlarge', 'config.yaml resources.rates[0]'],
    ['cpu', 'AWS', 'm7i.large', 'config.yaml resources.rates[1]'],
    ['cpu', 'gcp', 'm7i.large', 'config.yaml resources.rates[2]'],
    ['cpu', 'gcp', 'n2', undefined],
    ['cpu', '', 'cpu', undefined],
    ['memory', 'anyone', 'r7', 'config.yaml resources.rates[3]'],
    ['storage', '', 'storage', undefined],
  ])('%s of %j, %s: %s', (resource, provider, sku, source) => {
    const price = pricing.price(used(resource, 1000, provider, sku));
    if (source === undefined) expect(price).toEqual({ kind: 'unpriced', reason: 'unknown_model' });
    else expect(priced(price).card.source).toBe(source);
  });

  test('the sender’s own cost takes the place of a missing one', () => {
    const own = { ...used('storage', 1000), reportedCostNanoUsd: 42 };
    expect(priced(pricing.price(own))).toMatchObject({ costNanoUsd: 42, card: { source: 'reported' } });
  });
});

describe('GPU time', () => {
  const gpuRates = [{ model: 'H100', usd_per_hour: 2.99 }];

  test('goes by the GPU rates where no resource rate fits', () => {
    const pricing = pricingOf([{ resource: 'gpu', provider: 'runpod', usd: 1.5 }], gpuRates);
    const hour = (provider: string, sku: string) => pricing.price(used('gpu', 3_600_000, provider, sku));
    expect(priced(hour('', 'NVIDIA H100'))).toMatchObject({
      costNanoUsd: 2_990_000_000,
      card: { source: 'config.yaml gpu.rates[0]' },
    });
    expect(priced(hour('runpod', 'NVIDIA H100')).costNanoUsd).toBe(1_500_000_000);
    expect(hour('', 'MI300X')).toEqual({ kind: 'unpriced', reason: 'unknown_model' });
  });

  test('of the sampler has the GPU rates only', () => {
    const pricing = pricingOf([{ resource: 'gpu', usd: 1.5 }], gpuRates);
    const base = used('gpu', 0, '', 'NVIDIA H100');
    const sampled = pricing.price({ ...base, quantities: perMeter({ gpu_second: 3600 }) });
    expect(priced(sampled).card.source).toBe('config.yaml gpu.rates[0]');
  });
});

test('a cost beyond 9 million dollars is a mistake and no price', () => {
  const pricing = pricingOf([{ resource: 'bandwidth', usd: 9000 }]);
  expect(priced(pricing.price(used('bandwidth', 1e12))).costNanoUsd).toBe(9e15);
  expect(pricing.price(used('bandwidth', 1.001e12))).toEqual({ kind: 'unpriced', reason: 'unknown_meter' });
});

test('resource rates are in the version of the price table', () => {
  const version = (usd: number) => pricingOf([{ resource: 'cpu', usd }]).tables[1]?.version;
  expect(version(1)).toMatch(/^[0-9a-f]{16}$/);
  expect(version(1)).not.toBe(version(2));
});
