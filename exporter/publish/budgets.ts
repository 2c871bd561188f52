import type { BudgetStatus } from '../domain/budget.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

/** The forecast is the median. */
const FORECAST_QUANTILE = '0.5';

/** Everything known about each budget; an unknown forecast or exhaustion has no row. */
export function budgetBlocks(statuses: readonly BudgetStatus[]): SampleBlock[] {
  const block = (name: string, valueFrom: (status: BudgetStatus) => number | undefined, quantile?: string) =>
    fixedBlock(
      name,
      statuses.flatMap((status) => {
        const value = valueFrom(status);
        if (value === undefined) return [];
        const labels = budgetLabels(status);
        return [[quantile === undefined ? labels : [...labels, quantile], value] as const];
      }),
    );
  return [
    block('llm_budget_limit_usd', ({ definition }) => usdFromNanoUsd(definition.limitNanoUsd)),
    block('llm_budget_spent_usd', ({ spentNanoUsd }) => usdFromNanoUsd(spentNanoUsd)),
    block('llm_budget_remaining_usd', ({ remainingNanoUsd }) => usdFromNanoUsd(remainingNanoUsd)),
    block('llm_budget_used_ratio', ({ usedRatio }) => usedRatio),
    block('llm_budget_period_start_timestamp_seconds', ({ period }) => period.startMs / 1000),
    block('llm_budget_period_end_timestamp_seconds', ({ period }) => period.endMs / 1000),
    block('llm_budget_forecast_usd', ({ forecastUsd }) => forecastUsd, FORECAST_QUANTILE),
    block('llm_budget_exhaustion_timestamp_seconds', ({ exhaustionMs }) =>
      exhaustionMs === undefined ? undefined : exhaustionMs / 1000,
    ),
    fixedBlock(
      'llm_budget_monthly',
      statuses.map(({ definition }) => [[definition.scopeId], usdFromNanoUsd(definition.limitNanoUsd)]),
    ),
  ];
}

function budgetLabels({ definition }: BudgetStatus): readonly string[] {
  return [definition.name, definition.scope, definition.scopeId, definition.period];
}
