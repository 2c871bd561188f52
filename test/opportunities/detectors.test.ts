import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Opportunity } from '../../exporter/domain/opportunity.ts';
import type { Evidence } from '../../exporter/opportunities/detector.ts';
import { HOURS_PER_MONTH, monthsPerWindow } from '../../exporter/opportunities/extrapolation.ts';
import { idleGpus } from '../../exporter/opportunities/idle-gpus.ts';
import { DETECTORS } from '../../exporter/opportunities/index.ts';
import { repeatedPrompts } from '../../exporter/opportunities/repeated-prompts.ts';
import { smallRequests } from '../../exporter/opportunities/small-requests.ts';
import { NO_EVIDENCE, OPTIONS, quantities } from './evidence.ts';

const USD = 1e9;

const subject = {
  tenantId: fc.constantFrom('acme', 'zeta', ''),
  provider: fc.constantFrom('openai', 'azure'),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-mini'),
};
const subjectKey = (row: { tenantId: string; provider: string; model: string }) =>
  `${row.tenantId} ${row.provider} ${row.model}`;
const nanoUsd = fc.nat(1e13);
const repeatedRow = fc
  .record({
    ...subject,
    groups: fc.integer({ min: 1, max: 1000 }),
    repeats: fc.nat(100_000),
    cost: nanoUsd,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ repeats, cost, share, ...row }) => ({
    ...row,
    calls: row.groups + repeats,
    costNanoUsd: cost,
    repeatCostNanoUsd: Math.floor(cost * share),
  }));
const smallRow = fc.record({
  ...subject,
  calls: fc.integer({ min: 1, max: 1e6 }),
  quantities: fc.tuple(fc.nat(1e9), fc.nat(1e9)).map(([input, output]) => quantities(input, output)),
  costNanoUsd: nanoUsd,
});
const gpuRow = fc.record({
  uuid: fc.uuid().map((id) => `GPU-${id}`),
  model: fc.constantFrom('NVIDIA H100 80GB HBM3', 'NVIDIA A10G'),
  meanUtilizationPercent: fc.double({ min: 0, max: 100, noNaN: true }),
  hours: fc.double({ min: 0, max: 744, noNaN: true }),
  hourlyNanoUsd: fc.option(fc.nat(20e9), { nil: undefined }),
});
const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  windowHours: fc.oneof(
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.double({ min: 0, max: 744, noNaN: true }),
  ),
  repeatedPrompts: fc.uniqueArray(repeatedRow, { maxLength: 8, selector: subjectKey }),
  smallRequests: fc.uniqueArray(smallRow, { maxLength: 8, selector: subjectKey }),
  gpus: fc.uniqueArray(gpuRow, { maxLength: 4, selector: (gpu) => gpu.uuid }),
});
const anyOptions = fc.record({
  ...Object.fromEntries(Object.entries(OPTIONS).map(([key, value]) => [key, fc.constant(value)])),
  gpuUtilizationPercent: fc.integer({ min: 1, max: 100 }),
  gpuTargetPercent: fc.integer({ min: 1, max: 100 }),
}) as fc.Arbitrary<typeof OPTIONS>;

/** A little room for the rounding of floating-point dollars. */
const atMost = (limit: number) => limit * (1 + 1e-12);

describe.each(DETECTORS.map((detector) => [detector.strategy, detector] as const))(
  '%s',
  (strategy, detector) => {
    it('finds nothing in nothing', () => {
      expect(detector.detect(NO_EVIDENCE, OPTIONS)).toEqual([]);
    });

    it('is the only one of its strategy', () => {
      expect(DETECTORS.filter((other) => other.strategy === strategy)).toEqual([detector]);
    });

    it('says the same twice, of sound numbers, without touching the evidence', () => {
      fc.assert(
        fc.property(anyEvidence, anyOptions, (evidence, options) => {
          const before = structuredClone(evidence);
          const found = detector.detect(evidence, options);
          expect(evidence).toEqual(before);
          expect(detector.detect(evidence, options)).toEqual(found);
          expect(new Set(found.map((opportunity) => opportunity.target)).size).toBe(found.length);
          for (const opportunity of found) expectSound(opportunity);
          if (evidence.windowHours < 1) expect(found).toEqual([]);
        }),
        { numRuns: 300 },
      );
    });

    it('saves no more than what was spent, carried on for a month', () => {
      fc.assert(
        fc.property(anyEvidence, anyOptions, (evidence, options) => {
          for (const { savingsUsdPerMonth, evidence: numbers } of detector.detect(evidence, options)) {
            const months = HOURS_PER_MONTH / evidence.windowHours;
            expect(savingsUsdPerMonth).toBeLessThanOrEqual(atMost(Number(numbers.costUsd) * months));
          }
        }),
        { numRuns: 300 },
      );
    });

    function expectSound(opportunity: Opportunity): void {
      expect(opportunity.strategy).toBe(strategy);
      expect(opportunity.target).not.toBe('');
      expect(opportunity.advice).toMatch(/^[A-Z].*\.$/);
      expect(opportunity.advice).not.toMatch(/NaN|undefined|Infinity/);
      expect(opportunity.savingsUsdPerMonth).toBeGreaterThan(0);
      expect(opportunity.confidence).toBeGreaterThan(0);
      expect(opportunity.confidence).toBeLessThan(1);
      expect(Object.keys(opportunity.evidence)).toEqual(expect.arrayContaining(['windowHours', 'costUsd']));
      for (const value of [opportunity.savingsUsdPerMonth, ...Object.values(opportunity.evidence)]) {
        expect(value).toSatisfy((v: unknown) => typeof v === 'string' || Number.isFinite(v));
      }
    }
  },
);

describe('repeated prompts', () => {
  const row = {
    tenantId: 'acme',
    provider: 'openai',
    model: 'gpt-4o',
    groups: 10,
    calls: 70,
    costNanoUsd: 9 * USD,
    repeatCostNanoUsd: 6 * USD,
  };

  it('saves the repeats, for a month', () => {
    expect(
      repeatedPrompts.detect({ ...NO_EVIDENCE, windowHours: 24, repeatedPrompts: [row] }, OPTIONS),
    ).toEqual([
      {
        strategy: 'response_cache',
        target: 'acme/openai/gpt-4o',
        effort: 'medium',
        risk: 'low',
        // 6 USD in 24 of 730.5 hours.
        savingsUsdPerMonth: 182.625,
        // 70 of 100 calls, 24 of 36 hours.
        confidence: expect.closeTo(0.7 * (2 / 3), 12),
        advice: 'Cache the responses of gpt-4o for acme: 60 of 70 calls repeat one of 10 prompts.',
        evidence: {
          windowHours: 24,
          tenantId: 'acme',
          provider: 'openai',
          model: 'gpt-4o',
          prompts: 10,
          calls: 70,
          repeats: 60,
          costUsd: 9,
          repeatCostUsd: 6,
        },
      },
    ]);
  });

  test.each([
    ['repeats that cost nothing', { ...row, repeatCostNanoUsd: 0 }, 24, 0],
    ['less than an hour', row, 0.99, 0],
    ['an hour', row, 1, 1],
  ])('%s', (_name, only, windowHours, count) => {
    expect(
      repeatedPrompts.detect({ ...NO_EVIDENCE, windowHours, repeatedPrompts: [only] }, OPTIONS),
    ).toHaveLength(count);
  });

  it('keeps the providers of one model apart, and calls without a tenant', () => {
    const rows = [row, { ...row, provider: 'azure' }, { ...row, tenantId: '' }];
    const found = repeatedPrompts.detect({ ...NO_EVIDENCE, repeatedPrompts: rows }, OPTIONS);
    expect(found.map((opportunity) => opportunity.target)).toEqual([
      'acme/openai/gpt-4o',
      'acme/azure/gpt-4o',
      'openai/gpt-4o',
    ]);
  });
});

describe('small requests', () => {
  const row = {
    tenantId: 'acme',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    calls: 30,
    quantities: quantities(900_000, 100_000),
    costNanoUsd: 3.25 * USD,
  };

  it('saves the difference to the cheaper model, for a month', () => {
    const asked: unknown[] = [];
    const options = {
      ...OPTIONS,
      priceAt: (...args: Parameters<typeof OPTIONS.priceAt>) => {
        asked.push(args);
        return OPTIONS.priceAt(...args);
      },
    };
    expect(
      smallRequests.detect({ ...NO_EVIDENCE, windowHours: 73.05, smallRequests: [row] }, options),
    ).toEqual([
      {
        strategy: 'model_downgrade',
        target: 'acme/openai/gpt-4o-2024-08-06',
        effort: 'low',
        risk: 'medium',
        // A million tokens at 100 nano-USD are 0.10 USD; ten windows in a month.
        savingsUsdPerMonth: expect.closeTo(31.5, 9),
        confidence: expect.closeTo(0.5 * (73.05 / 85.05), 12),
        advice:
          'Send the small requests of gpt-4o-2024-08-06 for acme to mini: 30 calls are short enough for it.',
        evidence: {
          windowHours: 73.05,
          tenantId: 'acme',
          provider: 'openai',
          model: 'gpt-4o-2024-08-06',
          calls: 30,
          costUsd: 3.25,
          cheaperProvider: 'openai',
          cheaperModel: 'mini',
          cheaperCostUsd: 0.1,
        },
      },
    ]);
    expect(asked).toEqual([['openai', 'mini', row.quantities, 30]]);
  });

  test.each([
    ['a model without a cheaper one', { ...row, model: 'gpt-4o-mini' }, OPTIONS],
    [
      'a cheaper model without a price',
      row,
      { ...OPTIONS, cheaperModels: { 'openai/gpt-4o': 'openai/unheard' } },
    ],
    ['a cheaper model that costs the same', { ...row, costNanoUsd: 0.1 * USD }, OPTIONS],
    ['a cheaper model that costs more', { ...row, costNanoUsd: 0.05 * USD }, OPTIONS],
  ])('says nothing about %s', (_name, only, options) => {
    expect(smallRequests.detect({ ...NO_EVIDENCE, smallRequests: [only] }, options)).toEqual([]);
  });
});

describe('idle GPUs', () => {
  const gpu = {
    uuid: 'GPU-6b1e',
    model: 'NVIDIA H100',
    meanUtilizationPercent: 14,
    hours: 24,
    hourlyNanoUsd: 4 * USD,
  };

  it('saves what the work does not need at the target utilisation', () => {
    expect(idleGpus.detect({ ...NO_EVIDENCE, gpus: [gpu] }, OPTIONS)).toEqual([
      {
        strategy: 'gpu_rightsizing',
        target: 'GPU-6b1e',
        effort: 'medium',
        risk: 'medium',
        // 14 of 70 % is a fifth: 0.8 × 4 USD × 730.5 hours.
        savingsUsdPerMonth: expect.closeTo(2337.6, 9),
        confidence: expect.closeTo(2 / 3, 12),
        advice:
          'Move the work of NVIDIA H100 GPU-6b1e to fewer or smaller GPUs: it is busy 14.0 % of the time.',
        evidence: {
          windowHours: 24,
          gpuModel: 'NVIDIA H100',
          meanUtilizationPercent: 14,
          targetPercent: 70,
          hours: 24,
          hourlyUsd: 4,
          costUsd: 96,
        },
      },
    ]);
  });

  it('counts a GPU that was there for half of the window by half, and is less sure', () => {
    const [found] = idleGpus.detect({ ...NO_EVIDENCE, gpus: [{ ...gpu, hours: 12 }] }, OPTIONS);
    expect(found?.savingsUsdPerMonth).toBeCloseTo(1168.8, 9);
    expect(found?.confidence).toBeCloseTo(0.25, 12);
  });

  test.each([
    ['just below the threshold', { ...gpu, meanUtilizationPercent: 29.9 }, OPTIONS, 1],
    ['at the threshold', { ...gpu, meanUtilizationPercent: 30 }, OPTIONS, 0],
    ['without a rate', { ...gpu, hourlyNanoUsd: undefined }, OPTIONS, 0],
    ['that is free', { ...gpu, hourlyNanoUsd: 0 }, OPTIONS, 0],
    ['seen for less than an hour', { ...gpu, hours: 0.9 }, OPTIONS, 0],
    ['already above a target that is below the threshold', gpu, { ...OPTIONS, gpuTargetPercent: 10 }, 0],
  ])('a GPU %s', (_name, only, options, count) => {
    expect(idleGpus.detect({ ...NO_EVIDENCE, gpus: [only] }, options)).toHaveLength(count);
  });
});

test.each([
  [730.5, 1],
  [24, 30.4375],
  [1, 730.5],
  [0.999, undefined],
  [0, undefined],
  [Number.NaN, undefined],
])('a window of %d hours is carried on by the factor %s', (windowHours, factor) => {
  expect(monthsPerWindow(windowHours)).toBe(factor);
});
