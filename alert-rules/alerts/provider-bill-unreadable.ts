import type { Alert } from '../lib/rule.ts';

export function providerBillUnreadable(): Alert {
  return {
    alert: 'ProviderBillUnreadable',
    comment:
      'A configured bill could not be read for a day. Without bills there is nothing to be unreadable.',
    expr: 'max by (job, provider) (llm_cost_exporter_bill_up) == 0',
    forSeconds: 86_400,
    severity: 'warning',
    summary: 'The bill of {{ $labels.provider }} cannot be read',
    description:
      'No look at the bill of {{ $labels.provider }} has succeeded for a day. What was counted is not checked, and where the bill is the cost, the cost is missing.',
    dashboard: 'llm-cost-overview',
  };
}
