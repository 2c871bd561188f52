import type { BudgetStatus } from '../../exporter/domain/budget.ts';
import type { SamplerState } from '../../exporter/domain/reading.ts';
import { fixedBlock, histogramBlock, type SampleBlock } from '../../exporter/domain/samples.ts';
import { anomalyBlocks } from '../../exporter/publish/anomalies.ts';
import { budgetBlocks } from '../../exporter/publish/budgets.ts';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { forecastBlocks } from '../../exporter/publish/forecasts.ts';
import { opportunityBlocks } from '../../exporter/publish/opportunities.ts';
import { priceTableBlocks } from '../../exporter/publish/prices.ts';
import { samplerBlocks } from '../../exporter/publish/samplers.ts';
import { selfBlocks } from '../../exporter/publish/self.ts';
import { budgetOf } from '../budgets/given.ts';

const START_MS = Date.UTC(2026, 10, 1);
const END_MS = Date.UTC(2026, 11, 1);
const EXHAUSTED_MS = Date.UTC(2026, 10, 20, 6);

export const BUDGET: BudgetStatus = {
  definition: budgetOf({
    name: 'acme',
    scope: [{ field: 'tenant', value: 'acme' }],
    limitAmount: 500_000_000_000,
    thresholds: [0.5, 0.125],
  }),
  subject: undefined,
  period: { startMs: START_MS, endMs: END_MS },
  limitAmount: 500_000_000_000,
  spentAmount: 512_345_678_901,
  reservedAmount: 1_500_000_000,
  remainingAmount: -12_345_678_901,
  usedRatio: 1.024691357802,
  forecast: { method: 'profile', endAmount: { lower: 650e9, mid: 701.25e9, upper: 800e9 } },
  exhaustion: {
    earliestMs: EXHAUSTED_MS,
    midMs: EXHAUSTED_MS,
    latestMs: EXHAUSTED_MS,
  },
};

/** Each user of acme has a million tokens a week. */
export const SUBJECT: BudgetStatus = {
  definition: budgetOf({
    name: 'tokens',
    scope: [{ field: 'tenant', value: 'acme' }],
    each: 'user',
    unit: 'tokens',
    period: { kind: 'week' },
    limitAmount: 1_000_000,
    thresholds: [],
  }),
  subject: 'ann',
  period: { startMs: START_MS, endMs: START_MS + 604_800_000 },
  limitAmount: 1_000_000,
  spentAmount: 250_000,
  reservedAmount: 0,
  remainingAmount: 750_000,
  usedRatio: 0.25,
  forecast: undefined,
  exhaustion: {},
};

export const GPU_STATE: SamplerState = {
  state: 'up',
  atMs: Date.UTC(2026, 10, 21, 12),
  durationMs: 84,
  reading: {
    kind: 'gpu',
    gpus: [
      {
        gpu: '0',
        uuid: 'GPU-6b1e',
        model: 'NVIDIA H200',
        utilizationPercent: 37,
        memoryUtilizationPercent: 61.5,
        memoryUsedBytes: 92_341_796_864,
        memoryTotalBytes: 150_754_820_096,
        powerWatts: 412.37,
        temperatureCelsius: 54,
      },
    ],
  },
};

const HOST_STATE: SamplerState = {
  state: 'up',
  atMs: Date.UTC(2026, 10, 21, 12),
  durationMs: 3.5,
  reading: { kind: 'host', host: { cpuUtilizationPercent: 12.5, memoryUtilizationPercent: 43 } },
};

/** The same GPU, as another sampler sees it. */
const DCGM_STATE: SamplerState = {
  state: 'up',
  atMs: Date.UTC(2026, 10, 21, 12),
  durationMs: 9,
  reading: {
    kind: 'gpu',
    gpus: [
      {
        gpu: '0',
        uuid: 'GPU-6b1e',
        model: 'NVIDIA H200',
        hostname: 'gpu-node-1',
        holders: [{ namespace: 'search', pod: 'vllm-0', container: 'vllm' }],
      },
    ],
  },
};

const ENGINE_STATE: SamplerState = {
  state: 'up',
  atMs: Date.UTC(2026, 10, 21, 12),
  durationMs: 12,
  reading: {
    kind: 'engine',
    engine: {
      engine: 'vllm',
      target: 'chat',
      models: [
        {
          model: 'llama-3',
          tokens: { input: 5000, cache_read: 300, output: 2500 },
          requests: new Map([['stop', 12]]),
          running: 2,
          waiting: 1,
          kvCacheUsageRatio: 0.25,
        },
      ],
    },
  },
};

/** One plausible row or more of every family in the catalogue. */
export function everyFamily(): SampleBlock[] {
  const blocks = [
    ...budgetBlocks({
      statuses: [BUDGET, SUBJECT],
      consumptions: [{ definition: BUDGET.definition, amount: 512_345_678_901 }],
      subjects: [{ budget: 'tokens', subjects: 12, overLimit: 1 }],
    }),
    ...forecastBlocks([
      {
        dimension: 'model',
        value: 'gpt-4o',
        method: 'profile',
        endNanoUsd: { lower: 900e9, mid: 1000e9, upper: 1200e9 },
      },
    ]),
    ...samplerBlocks(
      new Map([
        ['host', HOST_STATE],
        ['nvidia-smi', GPU_STATE],
        ['dcgm:gpu-node-1', DCGM_STATE],
        ['vllm:chat', ENGINE_STATE],
      ]),
      () => 3.5,
    ),
    ...anomalyBlocks({
      expectations: [
        {
          tenantId: 'acme',
          expectation: {
            window: '1h',
            endMs: Date.UTC(2026, 10, 21, 12),
            costNanoUsd: 48_250_000_000,
            expected: { lower: 6_000_000_000, mid: 10_500_000_000, upper: 15_000_000_000 },
            score: 8.388888888889,
          },
        },
      ],
      counts: new Map([['acme', { info: 3, warning: 1, critical: 1 }]]),
    }),
    ...opportunityBlocks([
      {
        strategy: 'response_cache',
        target: 'acme/gpt-4o',
        effort: 'low',
        risk: 'low',
        savingsUsdPerMonth: 123.45,
        confidence: 0.8,
        advice: 'Cache answers to repeated prompts.',
        evidence: {},
      },
    ]),
    ...priceTableBlocks([{ source: 'genai-prices', version: '0.1.8', madeMs: START_MS }]),
    ...selfBlocks({
      build: { version: '0.1.0', revision: 'abc1234', nodeVersion: 'v24.0.0' },
      ledger: { up: true, rows: 5_000_000, bytes: 420_000_000 },
      seriesHeld: new Map([['llm_cost_total', 100_000]]),
      previousScrape: { bytes: 14_700_000, durationSeconds: 0.0307 },
      config: { lastReloadSuccessful: true, lastReloadSuccessMs: START_MS },
    }),
  ];
  const filled = new Set(blocks.map((block) => block.family));
  const rest = [...CATALOGUE.values()].filter(({ name }) => !filled.has(name));
  for (const { name, type, labels } of rest) {
    const values = labels.map((label) => `some-${label}`);
    if (type === 'histogram') {
      blocks.push(histogramBlock(name, [0.1, 1, 10], [{ labels: values, counts: [4, 2, 1, 1], sum: 17.25 }]));
    } else if (/_cost_(?!exporter)/.test(name)) {
      blocks.push(nanoUsdBlock(name, values, 1_234_500_000_001));
    } else {
      blocks.push(fixedBlock(name, [[values, 42]]));
    }
  }
  return blocks;
}

export function nanoUsdBlock(family: string, labels: readonly string[], nanoUsd: number): SampleBlock {
  return { ...fixedBlock(family, [[labels, nanoUsd]]), unit: 'nanoUsd' };
}
