import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { costNanoUsd, NANO_PER_USD, nanoUsdFromUsd, usdFromNanoUsd } from '../../exporter/domain/money.ts';

/** Half up, for amounts that are not negative. */
const exact = (quantity: number, ratePico: number) =>
  (2n * BigInt(quantity) * BigInt(ratePico) + 1000n) / 2000n;

describe('costNanoUsd', () => {
  test.each([
    [0, 2_500_000, 0],
    [1, 0, 0],
    [1, 499, 0],
    [1, 500, 1],
    [1, 1499, 1],
    [1, 1500, 2],
    [3, 333, 1],
    // 1,000 tokens at 2.50 USD a million.
    [1000, 2_500_000, 2_500_000],
    // A rate of one USD each: beyond 2^53 pico-USD from 9,008 units on.
    [9007, 1_000_000_000_000, 9_007_000_000_000],
    [9008, 1_000_000_000_000, 9_008_000_000_000],
    [1_000_000_001, 9_007_501, 9_007_501_009_008],
  ])('%d units at %d pico-USD cost %d nano-USD', (quantity, ratePico, expected) => {
    expect(costNanoUsd(quantity, ratePico)).toBe(expected);
  });

  it('is exact wherever the result is a safe integer', () => {
    const natural = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.nat(2000));
    fc.assert(
      fc.property(natural, natural, (quantity, ratePico) => {
        fc.pre(exact(quantity, ratePico) <= BigInt(Number.MAX_SAFE_INTEGER));
        expect(BigInt(costNanoUsd(quantity, ratePico))).toBe(exact(quantity, ratePico));
      }),
      { numRuns: 1000 },
    );
  });

  it('is exact where the product passes 2^53', () => {
    const aroundTheEdge = fc.tuple(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: -1000, max: 1000 }),
    );
    fc.assert(
      fc.property(aroundTheEdge, ([quantity, offset]) => {
        const ratePico = Math.floor(Number.MAX_SAFE_INTEGER / quantity) + offset;
        fc.pre(ratePico >= 0 && Number.isSafeInteger(ratePico));
        expect(BigInt(costNanoUsd(quantity, ratePico))).toBe(exact(quantity, ratePico));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('dollars', () => {
  test.each([
    [0, 0],
    [1, NANO_PER_USD],
    [0.1 + 0.2, 300_000_000],
    [1e-9, 1],
    [0.4e-9, 0],
    [1234.567891234, 1_234_567_891_234],
  ])('%d USD are %d nano-USD', (usd, nanoUsd) => {
    expect(nanoUsdFromUsd(usd)).toBe(nanoUsd);
  });

  it('come back as the same nano-USD', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (nanoUsd) => {
        expect(nanoUsdFromUsd(usdFromNanoUsd(nanoUsd))).toBe(nanoUsd);
      }),
    );
  });
});
