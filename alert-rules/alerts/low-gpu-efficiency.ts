import { queriedUsd } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { GPU_MONTHLY_COST, GPU_UTILIZATION } from '../recording/efficiency.ts';

export function lowGpuEfficiency({ gpu_utilization_percent, gpu_monthly_cost_usd }: AlertThresholds): Alert {
  return {
    alert: 'LowGPUEfficiency',
    comment: `The GPUs idle and are not cheap. Without GPUs, or without a configured GPU price, one side is empty and it is
silent; so is a MIG GPU, which reports no utilisation.`,
    expr: promql`
      ${GPU_UTILIZATION.record} < ${gpu_utilization_percent}
      and on (job)
      ${GPU_MONTHLY_COST.record} > ${gpu_monthly_cost_usd}`,
    forSeconds: 3600,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: 'GPUs of {{ $labels.job }} are paid for and hardly used',
    description: `Mean utilisation {{ $value | printf "%.1f" }} % (limit ${gpu_utilization_percent} %) at a GPU spend of ${queriedUsd(`${GPU_MONTHLY_COST.record}{job=%q}`, 'job')} a month (limit $${gpu_monthly_cost_usd}).`,
    dashboard: 'llm-cost-overview',
  };
}
