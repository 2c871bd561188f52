import type { Alert } from '../lib/rule.ts';

export function watchdog(): Alert {
  return {
    alert: 'Watchdog',
    comment:
      'Always fires. Route it to something that notices when it stops: then alerting itself is broken.',
    expr: 'vector(1)',
    forSeconds: 0,
    severity: 'none',
    summary: 'Alerting works',
    description: 'Always firing. Its absence means that Prometheus or Alertmanager is not delivering.',
    dashboard: 'llm-cost-exporter-health',
  };
}
