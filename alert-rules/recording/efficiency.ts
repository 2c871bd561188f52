import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';

/** 365 days / 12. */
const SECONDS_PER_MONTH = 730 * 3600;

export const COST_PER_REQUEST: RecordingRule = {
  record: 'tenant:llm_cost_per_request_usd:ratio_rate15m',
  labels: ['job', 'tenant_id'],
  comment: `USD of a mean call by tenant. Sums before the division; "> 0" leaves out tenants without calls (0 / 0).
Only what calls cost: GPU-hours and the like accrue without any.`,
  expr: promql`
    sum by (job, tenant_id) (rate(llm_cost_total{category="api_external"}[15m]))
    /
    (sum by (job, tenant_id) (rate(llm_requests_total[15m])) > 0)`,
};

export const GPU_UTILIZATION: RecordingRule = {
  record: 'job:gpu_utilization_percent:avg1h',
  labels: ['job'],
  comment: 'Mean utilisation of all GPUs over an hour. Absent without GPUs.',
  expr: 'avg by (job) (avg_over_time(gpu_utilization_percent[1h]))',
};

export const GPU_MONTHLY_COST: RecordingRule = {
  record: 'job:llm_gpu_cost_usd:per_month_rate1h',
  labels: ['job'],
  comment: 'USD that the GPUs cost in a month (730 hours) at the rate of the last hour.',
  expr: `${SECONDS_PER_MONTH} * sum by (job) (rate(llm_cost_total{category="gpu_compute"}[1h]))`,
};

export const ONE_GPU_UTILIZATION: RecordingRule = {
  record: 'gpu:gpu_utilization_percent:avg6h',
  labels: ['job', 'uuid', 'gpu', 'gpu_model'],
  comment: `Mean utilisation of each GPU over 6 hours. Absent until it was seen 6 hours ago, so that a GPU that has just been
started is not idle, and as soon as it is gone. By its uuid, as several exporters may see one GPU.`,
  expr: promql`
    max by (job, uuid, gpu, gpu_model) (
      avg_over_time(gpu_utilization_percent[6h])
      and last_over_time(gpu_utilization_percent[1h] offset 6h)
      and gpu_utilization_percent
    )`,
};
