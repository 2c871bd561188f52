import { durationText } from '../lib/duration.ts';
import { scaleSeconds } from '../lib/rule.ts';
import { yamlText } from '../lib/yaml-text.ts';

export interface AlertmanagerOptions {
  /** Gets every notification, resolved ones too. */
  readonly webhookUrl?: string;
  /** Multiplies every wait, for a demonstration. */
  readonly durationFactor?: number;
}

/**
 * `equal` names only labels that the alerts of both sides carry. Alertmanager takes two absent labels for equal ones,
 * so one label too many, or a source too wide (`severity="critical"`), silences what has nothing to do with it.
 */
export const INHIBITIONS = [
  {
    source_matchers: ['alertname="BudgetExceeded"'],
    target_matchers: ['alertname=~"BudgetWarning|ForecastOverBudget"'],
    equal: ['job', 'budget', 'scope', 'period'],
  },
  {
    // A whole job without an exporter; the alert for one of several targets has an instance.
    source_matchers: ['alertname="LLMCostExporterDown"', 'instance=""'],
    target_matchers: ['alertname!~"LLMCostExporterDown|Watchdog"'],
    equal: ['job'],
  },
  {
    source_matchers: ['alertname="LLMCostExporterDown"', 'instance!=""'],
    target_matchers: ['alertname=~"LedgerFailing|SamplerDown"'],
    equal: ['job', 'instance'],
  },
] as const;

/**
 * An example Alertmanager configuration: one message per alert, job, budget and tenant; critical ones sooner and more
 * often; Watchdog to nobody, until a dead man's switch takes it.
 */
export function buildAlertmanagerConfig({
  webhookUrl = 'http://127.0.0.1:9099/alerts',
  durationFactor = 1,
}: AlertmanagerOptions = {}): string {
  const wait = (seconds: number) => durationText(scaleSeconds(seconds, durationFactor));
  return yamlText(
    {
      route: {
        receiver: 'webhook',
        group_by: ['alertname', 'job', 'budget', 'tenant_id'],
        group_wait: wait(30),
        group_interval: wait(300),
        repeat_interval: wait(12 * 3600),
        routes: [
          { receiver: 'null', matchers: ['alertname="Watchdog"'] },
          {
            receiver: 'webhook',
            matchers: ['severity="critical"'],
            group_wait: wait(10),
            repeat_interval: wait(2 * 3600),
          },
        ],
      },
      inhibit_rules: INHIBITIONS,
      receivers: [
        { name: 'null' },
        { name: 'webhook', webhook_configs: [{ url: webhookUrl, send_resolved: true }] },
      ],
    },
    'An example to start from: replace the webhook, and keep secrets in files (url_file, credentials_file).',
  );
}
