import type { Yaml } from '../lib/yaml-text.ts';
import type { Receiver } from './alerting.ts';

/** Slack's default text is empty. */
const SLACK_TEXT = `{{ range .Alerts }}*{{ .Annotations.summary }}*
{{ .Annotations.description }} <{{ .Annotations.runbook_url }}|Runbook>
{{ end }}`;

const PAGERDUTY_SEVERITY = '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}';

/** One item of `receivers`. All of them hear of the end of an alert too. */
export function receiverYaml({ name, webhook, slack, email, pagerduty }: Receiver): Yaml {
  return {
    name,
    ...(webhook ? { webhook_configs: [webhookYaml(webhook)] } : {}),
    ...(slack ? { slack_configs: [{ ...slack, text: SLACK_TEXT, send_resolved: true }] } : {}),
    ...(email ? { email_configs: [{ ...defined(email), send_resolved: true }] } : {}),
    ...(pagerduty
      ? { pagerduty_configs: [{ ...pagerduty, severity: PAGERDUTY_SEVERITY, send_resolved: true }] }
      : {}),
  };
}

/** `url_file` would need Alertmanager 0.26; a token goes into a header instead. */
function webhookYaml({ url, credentials_file }: NonNullable<Receiver['webhook']>): Yaml {
  return {
    url,
    send_resolved: true,
    ...(credentials_file === undefined ? {} : { http_config: { authorization: { credentials_file } } }),
  };
}

function defined(fields: object): Record<string, Yaml> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
