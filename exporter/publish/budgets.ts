import {
  AMOUNTS_PER_UNIT,
  type BudgetConsumption,
  type BudgetDefinition,
  type BudgetStatus,
  type SubjectCounts,
} from '../domain/budget.ts';
import { scopeIdLabel, scopeLabel } from '../domain/budget-scope.ts';
import { periodLabel } from '../domain/period.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

export interface BudgetState {
  readonly statuses: readonly BudgetStatus[];
  readonly consumptions: readonly BudgetConsumption[];
  readonly subjects: readonly SubjectCounts[];
}

type Row = readonly [labels: readonly string[], value: number];

/** Everything known about each budget; what is not known, such as a forecast or an exhaustion, has no row. */
export function budgetBlocks({ statuses, consumptions, subjects }: BudgetState): SampleBlock[] {
  const rows = (of: readonly BudgetStatus[], rowsFrom: (status: BudgetStatus) => (Row | undefined)[]) =>
    of.flatMap((status) =>
      rowsFrom(status).flatMap((row) => (row ? [[[...budgetLabels(status), ...row[0]], row[1]] as Row] : [])),
    );
  const one = (value: number | undefined, ...labels: string[]): Row | undefined =>
    value === undefined ? undefined : [labels, value];

  const inUsd = statuses.filter(({ definition }) => definition.unit === 'usd');
  const inOther = statuses.filter(({ definition }) => definition.unit !== 'usd');
  const unitsOf = ({ definition }: Pick<BudgetStatus, 'definition'>, amount: number) =>
    amount / AMOUNTS_PER_UNIT[definition.unit];
  const usd = (valueFrom: (status: BudgetStatus) => number) =>
    rows(inUsd, (status) => [one(unitsOf(status, valueFrom(status)))]);
  const quota = (valueFrom: (status: BudgetStatus) => number) =>
    rows(inOther, (status) => [one(unitsOf(status, valueFrom(status)), status.definition.unit)]);

  return [
    fixedBlock(
      'llm_budget_limit_usd',
      usd(({ limitAmount }) => limitAmount),
    ),
    fixedBlock(
      'llm_budget_spent_usd',
      usd(({ spentAmount }) => spentAmount),
    ),
    fixedBlock(
      'llm_budget_reserved_usd',
      usd(({ reservedAmount }) => reservedAmount),
    ),
    fixedBlock(
      'llm_budget_remaining_usd',
      usd(({ remainingAmount }) => remainingAmount),
    ),
    fixedBlock(
      'llm_budget_quota_limit',
      quota(({ limitAmount }) => limitAmount),
    ),
    fixedBlock(
      'llm_budget_quota_used',
      quota(({ spentAmount }) => spentAmount),
    ),
    fixedBlock(
      'llm_budget_used_ratio',
      rows(statuses, ({ usedRatio }) => [one(usedRatio)]),
    ),
    fixedBlock(
      'llm_budget_threshold_ratio',
      rows(statuses, ({ definition }) =>
        definition.thresholds.map((ratio) => one(ratio, thresholdLabel(ratio))),
      ),
    ),
    fixedBlock(
      'llm_budget_consumed_total',
      consumptions.map(
        ({ definition, amount }): Row => [
          [...definitionLabels(definition), definition.unit],
          unitsOf({ definition }, amount),
        ],
      ),
    ),
    fixedBlock(
      'llm_budget_subjects',
      subjects.map(({ budget, subjects: count }): Row => [[budget], count]),
    ),
    fixedBlock(
      'llm_budget_subjects_over_limit',
      subjects.map(({ budget, overLimit }): Row => [[budget], overLimit]),
    ),
    fixedBlock(
      'llm_budget_period_start_timestamp_seconds',
      rows(statuses, ({ period }) => [one(period.startMs / 1000)]),
    ),
    fixedBlock(
      'llm_budget_period_end_timestamp_seconds',
      rows(statuses, ({ period }) => [one(period.endMs / 1000)]),
    ),
    fixedBlock(
      'llm_budget_forecast_usd',
      rows(inUsd, (status) =>
        quantilesOf(status).map(([quantile, amount]) => one(unitsOf(status, amount), quantile)),
      ),
    ),
    fixedBlock(
      'llm_budget_forecast_ratio',
      rows(statuses, (status) =>
        quantilesOf(status).map(([quantile, amount]) => one(amount / status.limitAmount, quantile)),
      ),
    ),
    fixedBlock(
      'llm_budget_exhaustion_timestamp_seconds',
      rows(statuses, ({ exhaustion }) => [one(seconds(exhaustion.midMs))]),
    ),
    fixedBlock(
      'llm_budget_exhaustion_bound_timestamp_seconds',
      rows(statuses, ({ exhaustion }) => [
        one(seconds(exhaustion.earliestMs), 'earliest'),
        one(seconds(exhaustion.latestMs), 'latest'),
      ]),
    ),
    fixedBlock(
      'llm_budget_monthly',
      [...firstMonthly(inUsd)].map(
        ([tenantId, status]): Row => [[tenantId], unitsOf(status, status.limitAmount)],
      ),
    ),
  ];
}

/**
 * Calendar months of the organisation and of whole tenants by tenant: what the brief's `llm_budget_monthly` has a label
 * for. Of several budgets of a tenant the first counts.
 */
function firstMonthly(statuses: readonly BudgetStatus[]): Map<string, BudgetStatus> {
  const found = new Map<string, BudgetStatus>();
  for (const status of statuses) {
    const { scope, each, period } = status.definition;
    const isTenant = scope.length === 0 || (scope.length === 1 && scope[0]!.field === 'tenant');
    const isMonth = period.kind === 'month' && period.startDay === 1;
    if (!isTenant || !isMonth || each !== undefined) continue;
    const tenantId = scopeIdLabel(scope);
    if (!found.has(tenantId)) found.set(tenantId, status);
  }
  return found;
}

function quantilesOf({ forecast }: BudgetStatus): (readonly [quantile: string, amount: number])[] {
  if (!forecast) return [];
  const { endAmount } = forecast;
  const middle = ['0.5', endAmount.mid] as const;
  return 'lower' in endAmount ? [['0.05', endAmount.lower], middle, ['0.95', endAmount.upper]] : [middle];
}

function budgetLabels({ definition, subject }: BudgetStatus): string[] {
  return definitionLabels(definition, subject);
}

/** `budget`, `scope`, `scope_id`, `period`. */
function definitionLabels({ name, scope, each, period }: BudgetDefinition, subject?: string): string[] {
  return [name, scopeLabel(scope, each), scopeIdLabel(scope, subject), periodLabel(period)];
}

/** `80` for 0.8. */
function thresholdLabel(ratio: number): string {
  return String(Number((100 * ratio).toFixed(6)));
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
