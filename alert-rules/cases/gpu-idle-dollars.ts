import { HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { ONE_GPU_UTILIZATION } from '../recording/efficiency.ts';

const HOURS_PER_MONTH = 730;
const COUNT = 24;
const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
const at = (hours: number) => steps(hours) * STEP_SECONDS.days;
const uuid = (number: number) => `GPU-00000000-0000-0000-0000-00000000000${number}`;

export function gpuIdleDollarsCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { idle_gpu_utilization_percent: idle, idle_gpu_monthly_cost_usd: usd } = thresholds;
  const firing = (job: string, month: number) => ({
    labels: { job },
    summary: `GPUs of ${job} are paid for and idle`,
    description: `$${month.toFixed(2)} a month for GPUs whose mean utilisation of the last 6 hours is below ${idle} % (limit $${usd}).`,
  });
  const gpu = (number: number, labels: Record<string, string> = {}) =>
    scraped('gpu_utilization_percent', { gpu: `${number}`, uuid: uuid(number), ...labels });
  const price = (usdPerMonth: number, labels: Record<string, string> = {}) => ({
    [scraped('gpu_hourly_cost_usd', labels)]: flat(usdPerMonth / HOURS_PER_MONTH, 60),
  });
  return [
    {
      kind: 'fires',
      name: 'for two idle GPUs beside a busy one, one of them seen by two exporters',
      input: 'days',
      series: {
        [gpu(0)]: flat(idle / 5, COUNT),
        [gpu(1)]: flat(0, COUNT),
        [gpu(1, { instance: 'b:10464' })]: flat(0, COUNT),
        [gpu(2)]: flat(100, COUNT),
        ...price(usd * 2),
        ...price(usd * 2, { instance: 'b:10464' }),
      },
      expect: [
        { atSeconds: at(5), firing: [] },
        { atSeconds: at(7.5), firing: [firing(TARGET.job, usd * 4)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'busy, cheap, without a price, without a utilisation, just started, gone, and busy after a restart',
      input: 'days',
      series: {
        [gpu(0, { job: 'busy' })]: flat(Math.min(100, idle * 2), COUNT),
        ...price(usd * 2, { job: 'busy' }),
        [gpu(0, { job: 'cheap' })]: flat(0, COUNT),
        ...price(usd / 2, { job: 'cheap' }),
        [gpu(0, { job: 'unpriced' })]: flat(0, COUNT),
        [scraped('gpu_memory_used_bytes', { job: 'mig' })]: flat(0, COUNT),
        ...price(usd * 2, { job: 'mig' }),
        [gpu(0, { job: 'started' })]: `${missing(9)} ${flat(0, 15)}`,
        ...price(usd * 2, { job: 'started' }),
        [gpu(0, { job: 'gone' })]: `${flat(0, 16)} stale`,
        ...price(usd * 2, { job: 'gone' }),
        [gpu(0, { job: 'restarted' })]: `${flat(100, 4)} ${missing(4)} ${flat(100, 16)}`,
        ...price(usd * 2, { job: 'restarted' }),
        [scraped('llm_cost_total', { job: 'none' })]: counter({ steps: COUNT, perStep: 1 }),
      },
      expect: [2, 6, 7.5, 9].map((hours) => ({ atSeconds: at(hours), firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the least utilisation is use, and exactly the sum is cheap',
      input: 'recorded',
      series: {
        [recorded(ONE_GPU_UTILIZATION.record, { job: 'used' })]: flat(idle, 60),
        ...price(usd * 2, { job: 'used' }),
        [recorded(ONE_GPU_UTILIZATION.record, { job: 'cheap' })]: flat(0, 60),
        ...price(usd, { job: 'cheap' }),
        [recorded(ONE_GPU_UTILIZATION.record, { job: 'neither' })]: flat(idle - 0.1, 60),
        ...price(usd + 0.01, { job: 'neither' }),
      },
      expect: [{ atSeconds: 50 * MINUTE, firing: [firing('neither', usd + 0.01)] }],
    },
  ];
}
