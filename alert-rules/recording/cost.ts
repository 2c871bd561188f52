import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';

export const TENANT_HOUR: RecordingRule = {
  record: 'tenant:llm_cost:increase1h',
  labels: ['job', 'tenant_id'],
  comment: `USD of the last hour by tenant. increase() before sum(): a counter that starts again is then one series'
reset, not a fall of the sum. By (job, tenant_id) and no other label, so that pods and replicas of a job add up.`,
  expr: 'sum by (job, tenant_id) (increase(llm_cost_total[1h]))',
};

export const JOB_HOUR: RecordingRule = {
  record: 'job:llm_cost:increase1h',
  labels: ['job'],
  comment: 'USD of the last hour.',
  expr: `sum by (job) (${TENANT_HOUR.record})`,
};

export const JOB_MEAN_HOUR: RecordingRule = {
  record: 'job:llm_cost:mean_hour1d',
  labels: ['job'],
  comment: `USD of a mean hour of the last 24. Absent until cost was seen 24 hours ago: a mean over less says nothing,
and a new exporter would look like a spike.`,
  expr: promql`
    avg_over_time(${JOB_HOUR.record}[1d])
    and on (job)
    last_over_time(${JOB_HOUR.record}[1h] offset 1d)`,
};

export const TENANT_DAY: RecordingRule = {
  record: 'tenant:llm_cost:increase1d',
  labels: ['job', 'tenant_id'],
  comment:
    'USD of the last 24 hours by tenant, from the recorded hours: a [1d] window over every usage series is too dear.',
  expr: `24 * avg_over_time(${TENANT_HOUR.record}[1d])`,
};

export const TENANT_MEAN_DAY: RecordingRule = {
  record: 'tenant:llm_cost:mean_day7d',
  labels: ['job', 'tenant_id'],
  comment: `USD of a mean day of the 7 days before the last 24 hours, or of as many of them as there are. Absent until
the tenant was seen 3 days ago: a tenant that has just arrived has no usual day.`,
  expr: promql`
    24 * avg_over_time(${TENANT_HOUR.record}[7d:1h] offset 1d)
    and on (job, tenant_id)
    last_over_time(${TENANT_HOUR.record}[1d] offset 3d)`,
};

export const TENANT_WASTED_HOUR: RecordingRule = {
  record: 'tenant:llm_cost_wasted:increase1h',
  labels: ['job', 'tenant_id'],
  comment: 'USD of the last hour by tenant that went to calls without a usable answer.',
  expr: 'sum by (job, tenant_id) (increase(llm_cost_wasted_total[1h]))',
};
