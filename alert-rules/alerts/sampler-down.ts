import type { Alert } from '../lib/rule.ts';

export function samplerDown(): Alert {
  return {
    alert: 'SamplerDown',
    comment: 'A sampler that was there keeps failing. A machine without GPUs has no GPU sampler to be down.',
    expr: 'min by (job, instance, sampler) (llm_cost_exporter_sampler_up) == 0',
    forSeconds: 600,
    severity: 'warning',
    summary: 'Sampler {{ $labels.sampler }} of {{ $labels.instance }} is failing',
    description:
      'The last samples of {{ $labels.sampler }} failed. Its metrics are absent, and GPU-hours may go uncounted.',
    dashboard: 'llm-cost-exporter-health',
  };
}
