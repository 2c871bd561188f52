import type { RecordingRule, RuleGroup } from '../lib/rule.ts';
import { BUDGET_PERIOD, BUDGET_RATE, BURN } from './budget-burn.ts';
import { CACHE_SHARE_DAY, CACHE_SHARE_HOUR, CACHED_HOUR, INPUT_HOUR } from './cache.ts';
import {
  JOB_HOUR,
  JOB_MEAN_HOUR,
  TENANT_DAY,
  TENANT_HOUR,
  TENANT_MEAN_DAY,
  TENANT_WASTED_HOUR,
} from './cost.ts';
import { ADAPTIVE_BAND, ROBUST_BAND } from './cost-band.ts';
import { COST_PER_REQUEST, GPU_MONTHLY_COST, GPU_UTILIZATION, ONE_GPU_UTILIZATION } from './efficiency.ts';

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
    TENANT_WASTED_HOUR,
    ...ADAPTIVE_BAND.rules,
    ...ROBUST_BAND.rules,
    BUDGET_PERIOD,
    BUDGET_RATE,
    ...Object.values(BURN),
    COST_PER_REQUEST,
    INPUT_HOUR,
    CACHED_HOUR,
    CACHE_SHARE_HOUR,
    CACHE_SHARE_DAY,
    GPU_UTILIZATION,
    GPU_MONTHLY_COST,
    ONE_GPU_UTILIZATION,
  ],
};

/** Labels of every recorded series, by its name. */
export const RECORDED: ReadonlyMap<string, readonly string[]> = new Map(
  RECORDING_GROUP.rules.map((rule) => [rule.record, rule.labels]),
);
