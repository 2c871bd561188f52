/**
 * Money is an integer number of nano-USD (1e-9 USD), exact up to 2^53 (about 9 million USD) in one number.
 * Rates are in pico-USD per unit: 1 USD per million tokens is 1,000,000 pico-USD per token. They are integers, but for
 * those of resources, whose units are so small that a rate may need its fraction.
 */
export const NANO_PER_USD = 1_000_000_000;
const PICO_PER_NANO = 1000;

/** Cost in nano-USD of `quantity` units at `ratePico` pico-USD each, rounded half up. Exact for any safe integers. */
export function costNanoUsd(quantity: number, ratePico: number): number {
  const product = quantity * ratePico;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % PICO_PER_NANO;
    return (product - rest) / PICO_PER_NANO + (rest >= PICO_PER_NANO / 2 ? 1 : 0);
  }
  if (!Number.isInteger(ratePico)) return Math.round(product / PICO_PER_NANO);
  return Number((BigInt(quantity) * BigInt(ratePico) + 500n) / 1000n);
}

/** Dollars from outside (a config file, a reported cost) to nano-USD, rounded to the nearest. */
export function nanoUsdFromUsd(usd: number): number {
  return Math.round(usd * NANO_PER_USD);
}

/** For publishing only: sums are made in nano-USD. */
export function usdFromNanoUsd(nanoUsd: number): number {
  return nanoUsd / NANO_PER_USD;
}
