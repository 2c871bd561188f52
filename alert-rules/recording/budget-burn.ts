import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';
import { TENANT_HOUR } from './cost.ts';

/** Seconds of the windows that budgets are watched over. */
export const BURN_WINDOWS = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '2h': 7200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
} as const;

export type BurnWindow = keyof typeof BURN_WINDOWS;

const LABELS = ['job', 'budget', 'scope', 'scope_id', 'period'];

const tenantIncrease = (window: BurnWindow): RecordingRule => ({
  record: `tenant:llm_cost:increase${window}`,
  labels: ['job', 'tenant_id'],
  comment: `USD of the last ${window} by tenant.`,
  expr: `sum by (job, tenant_id) (increase(llm_cost_total[${window}]))`,
});

export const BUDGET_RATE: RecordingRule = {
  record: 'budget:llm_budget_limit_usd:per_second',
  labels: LABELS,
  comment: `USD a second that a budget plans with: its limit spread evenly over its period, whose length the exporter knows
(months and changes of the clock differ). "max by", as replicas publish the same budget.`,
  expr: promql`
    max by (${LABELS.join(', ')}) (llm_budget_limit_usd)
    / (
      max by (${LABELS.join(', ')}) (llm_budget_period_end_timestamp_seconds)
      - max by (${LABELS.join(', ')}) (llm_budget_period_start_timestamp_seconds)
    )`,
};

/**
 * Spend of overlapping or adjacent shorter windows, one every `step`, added up; `perWindow` of them cover the same time.
 * Not a mean times the window: what an exporter of an hour tells about three days is that hour.
 */
const tenantSum = (window: BurnWindow, of: RecordingRule, step: string, perWindow = 1): RecordingRule => ({
  record: `tenant:llm_cost:sum${window}`,
  labels: ['job', 'tenant_id'],
  comment: `USD of the last ${window} by tenant, as far as it was seen, up to ${step} late. Added up from what is recorded: a long
window over every usage series is too dear.`,
  expr: `sum_over_time(last_over_time(${of.record}[30m])[${window}:${step}])${perWindow === 1 ? '' : ` / ${perWindow}`}`,
});

const TENANT_2H = tenantSum('2h', TENANT_HOUR, '30m', 2);
const TENANT_6H = tenantSum('6h', TENANT_HOUR, '30m', 2);

/** Spend by tenant and window; in the order of evaluation. */
export const TENANT_SPEND: Readonly<Record<BurnWindow, RecordingRule>> = {
  '5m': tenantIncrease('5m'),
  '30m': tenantIncrease('30m'),
  '1h': TENANT_HOUR,
  '2h': TENANT_2H,
  '6h': TENANT_6H,
  '1d': tenantSum('1d', TENANT_HOUR, '1h'),
  '3d': tenantSum('3d', TENANT_6H, '6h'),
};

function burnRule(window: BurnWindow): RecordingRule {
  const spend = TENANT_SPEND[window].record;
  const planned = (scope: string) => `(${BURN_WINDOWS[window]} * ${BUDGET_RATE.record}{scope="${scope}"})`;
  return {
    record: `budget:llm_burn:ratio_increase${window}`,
    labels: LABELS,
    comment:
      window === '5m'
        ? `How many times as fast as planned a budget was spent in the last 5m: 1 uses it up exactly at the end of the period.
Absent where its tenant has no cost series: nothing is known then, and nothing is not zero.`
        : `The same over ${window}.`,
    expr: promql`
      sum by (job) (${spend})
      / on (job) group_right ()
      ${planned('organization')}
      or
      label_replace(${spend}, "scope_id", "$1", "tenant_id", "(.+)")
      / on (job, scope_id) group_right ()
      ${planned('tenant')}`,
  };
}

/** Burn rates, by window. */
export const BURN: Readonly<Record<BurnWindow, RecordingRule>> = {
  '5m': burnRule('5m'),
  '30m': burnRule('30m'),
  '1h': burnRule('1h'),
  '2h': burnRule('2h'),
  '6h': burnRule('6h'),
  '1d': burnRule('1d'),
  '3d': burnRule('3d'),
};
