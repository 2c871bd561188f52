const MAX_CHARACTERS = 100;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Nano-USD of a decimal number of dollars (`unitDigits` 9) or cents (7), to the nearest, half away from zero; exact where
 * the number has no more digits than that. Undefined for what is no decimal number, or too large to be held exactly.
 */
export function nanoUsdOfDecimal(amount: string | number, unitDigits: 7 | 9): number | undefined {
  const text = String(amount);
  const [, sign, whole, fraction = '', exponent = '0'] =
    (text.length <= MAX_CHARACTERS && DECIMAL.exec(text)) || [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length + unitDigits;
  const nanoUsd = shift >= 0 ? digits * 10n ** BigInt(shift) : dividedHalfUp(digits, 10n ** BigInt(-shift));
  if (nanoUsd > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === '-' && nanoUsd !== 0n ? -Number(nanoUsd) : Number(nanoUsd);
}

function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}
