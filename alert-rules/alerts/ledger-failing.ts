import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

export function ledgerFailing(): Alert {
  return {
    alert: 'LedgerFailing',
    comment: 'Events cannot be stored and are answered 503: senders that do not retry lose them.',
    expr: promql`
      min by (job, instance) (llm_cost_exporter_ledger_up) == 0
      or
      sum by (job, instance) (increase(llm_cost_exporter_ledger_errors_total[10m])) > 0`,
    forSeconds: 120,
    keepFiringForSeconds: 300,
    severity: 'critical',
    summary: 'The ledger of {{ $labels.instance }} is failing',
    description:
      '{{ if eq $value 0.0 }}The ledger is closed and events are refused with 503.' +
      '{{ else }}{{ $value | printf "%.0f" }} ledger operations failed in the last 10 minutes.{{ end }}',
    dashboard: 'llm-cost-exporter-health',
  };
}
