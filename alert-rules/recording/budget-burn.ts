import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';

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
const BY = LABELS.join(', ');
const WITH_UNIT = [...LABELS, 'unit'];
const BY_UNIT = WITH_UNIT.join(', ');

export const BUDGET_PERIOD: RecordingRule = {
  record: 'budget:llm_budget_period:seconds',
  labels: LABELS,
  comment: `Length of a budget's current period, which the exporter knows (months and changes of the clock differ). "max by",
as replicas publish the same budget.`,
  expr: promql`
    max by (${BY}) (llm_budget_period_end_timestamp_seconds)
    - max by (${BY}) (llm_budget_period_start_timestamp_seconds)`,
};

export const BUDGET_RATE: RecordingRule = {
  record: 'budget:llm_budget_limit:per_second',
  labels: WITH_UNIT,
  comment: `What a budget plans with a second, in its unit: its limit spread evenly over its period. The unit is in it, as
budgets in USD have a gauge of their own, and a budget that changes its unit must not be divided by the other one.`,
  expr: promql`
    (
      max by (${BY_UNIT}) (llm_budget_quota_limit)
      or
      label_replace(max by (${BY}) (llm_budget_limit_usd), "unit", "usd", "budget", ".+")
    )
    / on (${BY}) group_left ()
    ${BUDGET_PERIOD.record}`,
};

function burnRule(window: BurnWindow): RecordingRule {
  return {
    record: `budget:llm_burn:ratio_increase${window}`,
    labels: WITH_UNIT,
    comment:
      window === '5m'
        ? `How many times as fast as planned a budget was spent in the last 5m: 1 uses it up exactly at the end of the period.
A sum over replicas, each of which counts what it took in. Absent where nobody counts (the single subjects of a budget for
each of something): nothing is known then, and nothing is not zero.`
        : `The same over ${window}.`,
    expr: promql`
      sum by (${BY_UNIT}) (increase(llm_budget_consumed_total[${window}]))
      / (${BURN_WINDOWS[window]} * ${BUDGET_RATE.record})`,
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
