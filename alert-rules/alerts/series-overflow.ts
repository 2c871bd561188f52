import type { Alert } from '../lib/rule.ts';

export function seriesOverflow(): Alert {
  return {
    alert: 'SeriesOverflow',
    comment: 'The label budget is spent: totals stay exact, but new label sets are counted under "other".',
    expr: 'sum by (job, family) (increase(llm_cost_exporter_series_overflow_total[1h])) > 0',
    forSeconds: 300,
    severity: 'warning',
    summary: 'Label sets of {{ $labels.family }} overflow into "other"',
    description:
      '{{ $value | printf "%.0f" }} charges of the last hour were counted under "other". Totals are right; the breakdown of {{ $labels.family }} is not complete.',
    dashboard: 'llm-cost-exporter-health',
  };
}
