import { queriedUsd, VALUE_USD } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import { type AlertThresholds, MINIMUM_SPIKE_HOUR_USD } from '../lib/thresholds.ts';
import { JOB_HOUR, JOB_MEAN_HOUR } from '../recording/cost.ts';

export function costSpike({ cost_spike_factor }: AlertThresholds): Alert {
  return {
    alert: 'CostSpike',
    comment: `The last hour cost a multiple of the mean hour of the last 24. Silent for the first day (no mean yet) and up
to $${MINIMUM_SPIKE_HOUR_USD} an hour. Traffic that rests at night reaches 2.4 times its mean every working day: raise the factor there.`,
    expr: promql`
      ${JOB_HOUR.record} > ${cost_spike_factor} * ${JOB_MEAN_HOUR.record}
      and
      ${JOB_HOUR.record} > ${MINIMUM_SPIKE_HOUR_USD}`,
    forSeconds: 1800,
    keepFiringForSeconds: 600,
    severity: 'warning',
    summary: 'LLM cost of {{ $labels.job }} has jumped',
    description: `${VALUE_USD} in the last hour, against a limit of ${queriedUsd(`${cost_spike_factor} * ${JOB_MEAN_HOUR.record}{job=%q}`, 'job')} (${cost_spike_factor} times the mean hour of the last 24).`,
    dashboard: 'llm-cost-overview',
  };
}
