import type { Config } from '../config/schema.ts';

/** What `createPricing` takes, from a configuration and the name of its file. */
export function pricingOptions(config: Config, file = 'defaults') {
  return { ...config.pricing, gpuRates: config.gpu.rates, resourceRates: config.resources.rates, file };
}
