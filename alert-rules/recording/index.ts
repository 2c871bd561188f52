import type { RecordingRule, RuleGroup } from '../lib/rule.ts';
import { JOB_HOUR, JOB_MEAN_HOUR, TENANT_DAY, TENANT_HOUR, TENANT_MEAN_DAY } from './cost.ts';
import { COST_PER_REQUEST, GPU_MONTHLY_COST, GPU_UTILIZATION } from './efficiency.ts';

/** In the order of evaluation: a rule may read what one above it recorded. */
export const RECORDING_GROUP: RuleGroup<RecordingRule> = {
  name: 'llm-cost-recording',
  intervalSeconds: 60,
  rules: [
    TENANT_HOUR,
    JOB_HOUR,
    JOB_MEAN_HOUR,
    TENANT_DAY,
    TENANT_MEAN_DAY,
    COST_PER_REQUEST,
    GPU_UTILIZATION,
    GPU_MONTHLY_COST,
  ],
};

/** Labels of every recorded series, by its name. */
export const RECORDED: ReadonlyMap<string, readonly string[]> = new Map(
  RECORDING_GROUP.rules.map((rule) => [rule.record, rule.labels]),
);
