import { stringify } from 'yaml';

export interface PrometheusTargets {
  /** host:port of each. */
  readonly exporter: string;
  readonly alertmanager: string;
  readonly ruleFiles: readonly string[];
  readonly scrapeSeconds: number;
}

/** `prometheus.yml` of a stack on one machine. Rules are evaluated as often as the exporter is scraped. */
export function prometheusConfig({
  exporter,
  alertmanager,
  ruleFiles,
  scrapeSeconds,
}: PrometheusTargets): string {
  const interval = `${scrapeSeconds}s`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [{ job_name: JOB_NAME, static_configs: [{ targets: [exporter] }] }],
  });
}

/** The `job` label that rules and dashboards expect. */
export const JOB_NAME = 'llm-cost-exporter';
