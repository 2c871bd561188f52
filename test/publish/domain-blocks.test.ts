import { describe, expect, test } from 'vitest';
import type { SamplerState } from '../../exporter/domain/reading.ts';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import { budgetBlocks } from '../../exporter/publish/budgets.ts';
import { priceTableBlocks } from '../../exporter/publish/prices.ts';
import { samplerBlocks } from '../../exporter/publish/samplers.ts';
import { selfBlocks } from '../../exporter/publish/self.ts';
import { BUDGET, GPU_STATE } from './every-family.ts';
import { scrape } from './scrape.ts';

const samples = async (blocks: readonly SampleBlock[]) =>
  (await scrape(blocks)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('budgets', () => {
  test('the organisation has no scope id, and what nobody knows has no row', async () => {
    const { forecastUsd: _, exhaustionMs: __, ...known } = BUDGET;
    const lines = await samples(
      budgetBlocks([
        { ...known, definition: { ...BUDGET.definition, name: 'all', scope: 'organization', scopeId: '' } },
      ]),
    );
    const labels = '{budget="all",scope="organization",period="month"}';
    expect(lines).toEqual([
      `llm_budget_limit_usd${labels} 500`,
      `llm_budget_spent_usd${labels} 512.345678901`,
      `llm_budget_remaining_usd${labels} -12.345678901`,
      `llm_budget_used_ratio${labels} 1.024691357802`,
      `llm_budget_period_start_timestamp_seconds${labels} 1793491200`,
      `llm_budget_period_end_timestamp_seconds${labels} 1796083200`,
      'llm_budget_monthly 500',
    ]);
  });

  test('a forecast is the median of a tenant', async () => {
    const lines = await samples(budgetBlocks([BUDGET]));
    expect(lines.slice(6)).toEqual([
      'llm_budget_forecast_usd{budget="acme",scope="tenant",scope_id="acme",period="month",quantile="0.5"} 701.25',
      'llm_budget_exhaustion_timestamp_seconds{budget="acme",scope="tenant",scope_id="acme",period="month"} 1795154400',
      'llm_budget_monthly{tenant_id="acme"} 500',
    ]);
  });

  test('no budgets, no families', async () => {
    expect(await samples(budgetBlocks([]))).toEqual([]);
  });
});

describe('samplers', () => {
  const health = (line: string) => line.startsWith('llm_cost_exporter_sampler_');
  const of = (state: SamplerState, price?: number) =>
    samples(samplerBlocks(new Map([['nvidia-smi', state]]), () => price));

  test.each<[string, SamplerState]>([
    ['starting', { state: 'starting' }],
    ['absent', { state: 'absent', reason: 'no nvidia-smi' }],
  ])('%s: nothing is known, so nothing is said', async (_, state) => {
    expect(await of(state, 3)).toEqual([]);
  });

  test('down: no old readings, the last success stays', async () => {
    expect(
      await of({ state: 'down', error: 'timeout', lastSuccessMs: 1_700_000_000_500, durationMs: 10_000 }, 3),
    ).toEqual([
      'llm_cost_exporter_sampler_up{sampler="nvidia-smi"} 0',
      'llm_cost_exporter_sampler_last_success_timestamp_seconds{sampler="nvidia-smi"} 1700000000.5',
      'llm_cost_exporter_sampler_duration_seconds{sampler="nvidia-smi"} 10',
    ]);
  });

  test('down since the start: no last success', async () => {
    expect(await of({ state: 'down', error: 'timeout', durationMs: 250 })).toEqual([
      'llm_cost_exporter_sampler_up{sampler="nvidia-smi"} 0',
      'llm_cost_exporter_sampler_duration_seconds{sampler="nvidia-smi"} 0.25',
    ]);
  });

  test('up: what a device does not report is absent, instances are counted by model, prices only where known', async () => {
    const mig = { uuid: 'MIG-1', model: 'NVIDIA H100' };
    const lines = await samples(
      samplerBlocks(
        new Map<string, SamplerState>([
          ['nvidia-smi', GPU_STATE],
          [
            'other',
            {
              state: 'up',
              atMs: 0,
              durationMs: 1,
              reading: {
                kind: 'gpu',
                gpus: [
                  { gpu: '1:7', ...mig, memoryUsedBytes: 0 },
                  { gpu: '1:8', ...mig, uuid: 'MIG-2' },
                ],
              },
            },
          ],
        ]),
        (model) => (model === 'NVIDIA H200' ? 3.5 : undefined),
      ),
    );
    expect(lines.filter((line) => !health(line))).toEqual([
      'gpu_utilization_percent{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 37',
      'gpu_memory_utilization_percent{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 61.5',
      'gpu_memory_used_bytes{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 92341796864',
      'gpu_memory_used_bytes{gpu="1:7",uuid="MIG-1",gpu_model="NVIDIA H100"} 0',
      'gpu_memory_total_bytes{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 150754820096',
      'gpu_power_watts{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 412.37',
      'gpu_temperature_celsius{gpu="0",uuid="GPU-6b1e",gpu_model="NVIDIA H200"} 54',
      'gpu_instance_count{gpu_model="NVIDIA H200"} 1',
      'gpu_instance_count{gpu_model="NVIDIA H100"} 2',
      'gpu_hourly_cost_usd{gpu_model="NVIDIA H200"} 3.5',
    ]);
  });
});

test('a price table without a date has no timestamp', async () => {
  expect(await samples(priceTableBlocks([{ source: 'overlay', version: '3' }]))).toEqual([
    'llm_price_table_info{source="overlay",version="3"} 1',
  ]);
});

test('the exporter before its first scrape, with its ledger closed', async () => {
  const lines = await samples(
    selfBlocks({
      build: { version: '0.1.0', revision: '', nodeVersion: 'v24.0.0' },
      ledger: { up: false },
      seriesHeld: new Map(),
      config: { lastReloadSuccessful: false },
    }),
  );
  expect(lines).toEqual([
    'llm_cost_exporter_build_info{version="0.1.0",node_version="v24.0.0"} 1',
    'llm_cost_exporter_ledger_up 0',
    'llm_cost_exporter_config_last_reload_successful 0',
  ]);
});
