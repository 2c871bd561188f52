import type { BudgetStatus } from '../../exporter/domain/budget.ts';
import type { SamplerState } from '../../exporter/domain/reading.ts';
import { fixedBlock, histogramBlock, type SampleBlock } from '../../exporter/domain/samples.ts';
import { budgetBlocks } from '../../exporter/publish/budgets.ts';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { opportunityBlocks } from '../../exporter/publish/opportunities.ts';
import { priceTableBlocks } from '../../exporter/publish/prices.ts';
import { samplerBlocks } from '../../exporter/publish/samplers.ts';
import { selfBlocks } from '../../exporter/publish/self.ts';

const START_MS = Date.UTC(2026, 10, 1);
const END_MS = Date.UTC(2026, 11, 1);

export const BUDGET: BudgetStatus = {
  definition: {
    name: 'acme',
    scope: 'tenant',
    scopeId: 'acme',
    period: 'month',
    limitNanoUsd: 500_000_000_000,
  },
  period: { startMs: START_MS, endMs: END_MS },
  spentNanoUsd: 512_345_678_901,
  remainingNanoUsd: -12_345_678_901,
  usedRatio: 1.024691357802,
  forecastUsd: 701.25,
  exhaustionMs: Date.UTC(2026, 10, 20, 6),
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
    ...budgetBlocks([BUDGET]),
    ...samplerBlocks(
      new Map([
        ['host', HOST_STATE],
        ['nvidia-smi', GPU_STATE],
        ['dcgm:gpu-node-1', DCGM_STATE],
        ['vllm:chat', ENGINE_STATE],
      ]),
      () => 3.5,
    ),
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
