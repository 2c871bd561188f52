import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat } from '../lib/values.ts';
import { GPU_MONTHLY_COST, GPU_UTILIZATION } from '../recording/efficiency.ts';

const MINUTES_PER_MONTH = 730 * 60;

export function lowGpuEfficiencyCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { gpu_utilization_percent: least, gpu_monthly_cost_usd: cheap } = thresholds;
  const firing = (job: string, percent: number, month: number) => ({
    labels: { job },
    summary: `GPUs of ${job} are paid for and hardly used`,
    description: `Mean utilisation ${percent.toFixed(1)} % (limit ${least} %) at a GPU spend of $${month.toFixed(2)} a month (limit $${cheap}).`,
  });
  const gpu = (labels: Record<string, string>) => scraped('gpu_utilization_percent', labels);
  const cost = (job: string, usdPerMonth: number) => ({
    [scraped('llm_cost_total', {
      job,
      tenant_id: '',
      team: '',
      feature: '',
      environment: '',
      category: 'gpu_compute',
      token_type: '',
    })]: counter({ steps: 180, perStep: usdPerMonth / MINUTES_PER_MONTH }),
  });
  return [
    {
      kind: 'fires',
      name: 'after an hour of a low mean over two GPUs that cost enough',
      input: 'minutes',
      series: {
        [gpu({ gpu: '0' })]: flat(least * 0.25, 180),
        [gpu({ gpu: '1', uuid: 'GPU-00000000-0000-0000-0000-000000000002' })]: flat(least * 1.25, 180),
        ...cost(TARGET.job, 3 * cheap),
      },
      expect: [
        { atSeconds: 59 * MINUTE, firing: [] },
        { atSeconds: 3 * HOUR, firing: [firing(TARGET.job, least * 0.75, 3 * cheap)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'busy GPUs, idle ones that cost little, costs without GPUs, and GPUs that report nothing',
      input: 'minutes',
      series: {
        [gpu({ job: 'busy' })]: flat(Math.min(100, least * 2), 180),
        ...cost('busy', 3 * cheap),
        [gpu({ job: 'cheap' })]: flat(least / 2, 180),
        ...cost('cheap', cheap / 2),
        ...cost('absent', 3 * cheap),
        [gpu({ job: 'unpriced' })]: flat(least / 2, 180),
        [gpu({ job: 'not-a-number' })]: Array(180).fill('NaN').join(' '),
        ...cost('not-a-number', 3 * cheap),
      },
      expect: [90, 180].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the least utilisation is enough, and exactly the cost limit is cheap',
      input: 'recorded',
      series: {
        [recorded(GPU_UTILIZATION.record, { job: 'used' })]: flat(least, 100),
        [recorded(GPU_MONTHLY_COST.record, { job: 'used' })]: flat(cheap + 1, 100),
        [recorded(GPU_UTILIZATION.record, { job: 'cheap' })]: flat(least - 0.1, 100),
        [recorded(GPU_MONTHLY_COST.record, { job: 'cheap' })]: flat(cheap, 100),
        [recorded(GPU_UTILIZATION.record, { job: 'neither' })]: flat(least - 0.1, 100),
        [recorded(GPU_MONTHLY_COST.record, { job: 'neither' })]: flat(cheap + 1, 100),
      },
      expect: [{ atSeconds: 90 * MINUTE, firing: [firing('neither', least - 0.1, cheap + 1)] }],
    },
  ];
}
