import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nanoUsdOfDecimal } from '../../exporter/bills/decimal-amount.ts';

test.each([
  ['1', 9, 1_000_000_000],
  ['0.06', 9, 60_000_000],
  [0.06, 9, 60_000_000],
  ['0.0310000000000000001', 9, 31_000_000],
  [1e-7, 9, 100],
  ['1E-7', 9, 100],
  ['0E-28', 9, 0],
  ['1.5e+3', 9, 1_500_000_000_000],
  ['0.0000000005', 9, 1],
  ['0.00000000049', 9, 0],
  ['-2.5', 9, -2_500_000_000],
  ['-0', 9, 0],
  ['123.45', 7, 1_234_500_000],
  ['0.00000005', 7, 1],
  ['9007199.254740991', 9, Number.MAX_SAFE_INTEGER],
] as const)('%s with %i digits is %d nano-USD', (amount, digits, nanoUsd) => {
  expect(nanoUsdOfDecimal(amount, digits)).toBe(nanoUsd);
});

test.each(['', ' ', 'NaN', 'abc', '1,5', '1.2.3', '.5', '5.', '0x10', '1e', '$1', Infinity, Number.NaN])(
  '%s is no decimal number',
  (amount) => {
    expect(nanoUsdOfDecimal(amount, 9)).toBeUndefined();
  },
);

test.each(['9007199.254740992', '1e308', '1e999', '1'.repeat(101)])('%s is too large', (amount) => {
  expect(nanoUsdOfDecimal(amount, 9)).toBeUndefined();
});

test('any nano-USD come back from their decimal text, in dollars and in cents', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (nanoUsd) => {
      const sign = nanoUsd < 0 ? '-' : '';
      const digits = String(Math.abs(nanoUsd)).padStart(10, '0');
      const decimal = (places: number) => `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
      expect(nanoUsdOfDecimal(decimal(9), 9)).toBe(nanoUsd === 0 ? 0 : nanoUsd);
      expect(nanoUsdOfDecimal(decimal(7), 7)).toBe(nanoUsd === 0 ? 0 : nanoUsd);
      expect(nanoUsdOfDecimal(`${sign}${digits}e-9`, 9)).toBe(nanoUsd === 0 ? 0 : nanoUsd);
    }),
  );
});
