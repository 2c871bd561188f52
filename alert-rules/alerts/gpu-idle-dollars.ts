import { VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { ONE_GPU_UTILIZATION } from '../recording/efficiency.ts';

export function gpuIdleDollars(thresholds: AlertThresholds): Alert {
  const { idle_gpu_utilization_percent: idle, idle_gpu_monthly_cost_usd: usd } = thresholds;
  return {
    alert: 'GpuIdleDollars',
    comment: `What the GPUs that do nothing cost in a month (730 hours), each one's mean taken alone: an idle one hides behind
busy ones in LowGPUEfficiency. GPUs without a price or without a utilisation (MIG) are not in it.`,
    expr: promql`
      730 * sum by (job) (
        count by (job, gpu_model) (${ONE_GPU_UTILIZATION.record} < ${idle})
        * on (job, gpu_model)
        max by (job, gpu_model) (gpu_hourly_cost_usd)
      ) > ${usd}`,
    forSeconds: 1800,
    keepFiringForSeconds: 1800,
    severity: 'warning',
    summary: 'GPUs of {{ $labels.job }} are paid for and idle',
    description: `${VALUE_USD} a month for GPUs whose mean utilisation of the last 6 hours is below ${idle} % (limit $${usd}).`,
    dashboard: 'llm-cost-overview',
  };
}
