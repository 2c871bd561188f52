import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';

const SERVED = 'llm_cost_exporter_build_info';
const KNOWN_TARGET_DOWN = `up == 0 and on (job, instance) last_over_time(${SERVED}[7d])`;

export function exporterDown(): Alert {
  return {
    alert: 'LLMCostExporterDown',
    comment: `Knows the exporter by what it publishes, not by a job name that would have to be configured twice:
1. a job that served it does so no more: its targets have not answered for up to 7 days, or they are gone from service
   discovery for up to a day (label: job);
2. one target of a job does not answer while another does (labels: job, instance);
3. there has been none at all (no labels).
Ten minutes ride out a deployment, and the start of a Prometheus that has scraped nothing yet.`,
    expr: promql`
      group by (job) (
        last_over_time(${SERVED}[1d])
        or
        ${KNOWN_TARGET_DOWN}
      ) unless on (job) ${SERVED}
      or
      ${KNOWN_TARGET_DOWN} and on (job) ${SERVED}
      or
      absent(last_over_time(${SERVED}[7d]))`,
    forSeconds: 600,
    severity: 'critical',
    summary: 'llm-cost-exporter is not being scraped',
    description:
      '{{ if $labels.instance }}Target {{ $labels.instance }} of job {{ $labels.job }} does not answer, another one does.' +
      '{{ else if $labels.job }}No target of job {{ $labels.job }} serves the exporter any more: costs and budgets are not being watched.' +
      '{{ else }}No target of this Prometheus serves the exporter: costs and budgets are not being watched.{{ end }}',
    dashboard: 'llm-cost-exporter-health',
  };
}
