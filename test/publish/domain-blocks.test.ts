import { describe, expect, test } from 'vitest';
import type { BudgetDefinition, BudgetStatus } from '../../exporter/domain/budget.ts';
import type { SamplerState } from '../../exporter/domain/reading.ts';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import { budgetBlocks } from '../../exporter/publish/budgets.ts';
import { priceTableBlocks } from '../../exporter/publish/prices.ts';
import { samplerBlocks } from '../../exporter/publish/samplers.ts';
import { selfBlocks } from '../../exporter/publish/self.ts';
import { budgetOf } from '../budgets/given.ts';
import { BUDGET, GPU_STATE, SUBJECT } from './every-family.ts';
import { scrape } from './scrape.ts';

const samples = async (blocks: readonly SampleBlock[]) =>
  (await scrape(blocks)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('budgets', () => {
  const budgets = (...statuses: BudgetStatus[]) =>
    samples(budgetBlocks({ statuses, consumptions: [], subjects: [] }));
  const labelled = (labels: string) => (line: string) => line.replace('{}', `{${labels}}`);

  test('everything of a tenant, with the band of its forecast', async () => {
    const budget = 'budget="acme",scope="tenant",scope_id="acme",period="month"';
    expect(await budgets(BUDGET)).toEqual([
      ...[
        'llm_budget_limit_usd{} 500',
        'llm_budget_spent_usd{} 512.345678901',
        'llm_budget_reserved_usd{} 1.5',
        'llm_budget_remaining_usd{} -12.345678901',
        'llm_budget_used_ratio{} 1.024691357802',
      ].map(labelled(budget)),
      `llm_budget_threshold_ratio{${budget},threshold="50"} 0.5`,
      `llm_budget_threshold_ratio{${budget},threshold="12.5"} 0.125`,
      `llm_budget_period_start_timestamp_seconds{${budget}} 1793491200`,
      `llm_budget_period_end_timestamp_seconds{${budget}} 1796083200`,
      `llm_budget_forecast_usd{${budget},quantile="0.05"} 650`,
      `llm_budget_forecast_usd{${budget},quantile="0.5"} 701.25`,
      `llm_budget_forecast_usd{${budget},quantile="0.95"} 800`,
      `llm_budget_forecast_ratio{${budget},quantile="0.05"} 1.3`,
      `llm_budget_forecast_ratio{${budget},quantile="0.5"} 1.4025`,
      `llm_budget_forecast_ratio{${budget},quantile="0.95"} 1.6`,
      `llm_budget_exhaustion_timestamp_seconds{${budget}} 1795154400`,
      `llm_budget_exhaustion_bound_timestamp_seconds{${budget},bound="earliest"} 1795154400`,
      `llm_budget_exhaustion_bound_timestamp_seconds{${budget},bound="latest"} 1795154400`,
      'llm_budget_monthly{tenant_id="acme"} 500',
    ]);
  });

  test('the organisation has no scope id, and what nobody knows has no row', async () => {
    const definition = budgetOf({ name: 'all', thresholds: [] });
    const lines = await budgets({ ...BUDGET, definition, forecast: undefined, exhaustion: {} });
    expect(lines).toEqual(
      [
        'llm_budget_limit_usd{} 500',
        'llm_budget_spent_usd{} 512.345678901',
        'llm_budget_reserved_usd{} 1.5',
        'llm_budget_remaining_usd{} -12.345678901',
        'llm_budget_used_ratio{} 1.024691357802',
        'llm_budget_period_start_timestamp_seconds{} 1793491200',
        'llm_budget_period_end_timestamp_seconds{} 1796083200',
        'llm_budget_monthly 500',
      ].map(labelled('budget="all",scope="organization",period="month"')),
    );
  });

  test('a forecast without a band is its middle', async () => {
    const lines = await budgets({
      ...BUDGET,
      forecast: { method: 'run_rate', endAmount: { mid: 600e9 } },
      exhaustion: { midMs: 5000 },
    });
    const expected = lines
      .filter((line) => /forecast|exhaustion/.test(line))
      .map((line) => line.split(' ')[1]);
    expect(expected).toEqual(['600', '1.2', '5']);
  });

  test('one subject, not in USD: a quota with its unit, and no USD', async () => {
    const subject = 'budget="tokens",scope="tenant+user",scope_id="acme/ann",period="week"';
    expect(await budgets(SUBJECT)).toEqual([
      `llm_budget_quota_limit{${subject},unit="tokens"} 1000000`,
      `llm_budget_quota_used{${subject},unit="tokens"} 250000`,
      ...[
        'llm_budget_used_ratio{} 0.25',
        'llm_budget_period_start_timestamp_seconds{} 1793491200',
        'llm_budget_period_end_timestamp_seconds{} 1794096000',
      ].map(labelled(subject)),
    ]);
  });

  test.each<[string, Partial<BudgetDefinition>]>([
    ['of a team', { scope: [{ field: 'team', value: 'a' }] }],
    ['of a tenant and more', { scope: [...BUDGET.definition.scope, { field: 'team', value: 'a' }] }],
    ['for each of something', { each: 'user' }],
    ['of another period', { period: { kind: 'week' } }],
    ['of a fiscal month', { period: { kind: 'month', startMonth: 1, startDay: 15 } }],
    ['in another unit', { unit: 'calls' }],
  ])('%s has no monthly limit by the name of the brief', async (_name, fields) => {
    const definition = { ...BUDGET.definition, ...fields };
    expect((await budgets({ ...BUDGET, definition })).join()).not.toContain('llm_budget_monthly');
  });

  test('of several monthly limits of a tenant the first one has that name', async () => {
    const other = { ...BUDGET, definition: { ...BUDGET.definition, name: 'other' }, limitAmount: 5e9 };
    const monthly = (await budgets(BUDGET, other)).filter((line) => line.startsWith('llm_budget_monthly'));
    expect(monthly).toEqual(['llm_budget_monthly{tenant_id="acme"} 500']);
  });

  test('what each counted since the start, in its unit', async () => {
    const definition = budgetOf({ name: 'gpus', unit: 'gpu_hours', period: { kind: 'rolling', days: 30 } });
    const blocks = budgetBlocks({
      statuses: [],
      consumptions: [{ definition, amount: 5_400_000 }],
      subjects: [{ budget: 'users', subjects: 12, overLimit: 0 }],
    });
    expect(await samples(blocks)).toEqual([
      'llm_budget_consumed_total{budget="gpus",scope="organization",period="rolling_30d",unit="gpu_hours"} 1.5',
      'llm_budget_subjects{budget="users"} 12',
      'llm_budget_subjects_over_limit{budget="users"} 0',
    ]);
  });

  test('no budgets, no families', async () => {
    expect(await budgets()).toEqual([]);
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
