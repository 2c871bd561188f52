import type { BudgetDefinition } from '../../exporter/domain/budget.ts';

/** A soft budget of 100 USD for the calendar month (UTC) of the organisation, but for `fields`. */
export function budgetOf(fields: Partial<BudgetDefinition> = {}): BudgetDefinition {
  return {
    name: 'organization',
    scope: [],
    each: undefined,
    unit: 'usd',
    period: { kind: 'month', startMonth: 1, startDay: 1 },
    timeZone: 'UTC',
    limitAmount: 100e9,
    thresholds: [0.5, 0.8, 0.9, 1],
    isHard: false,
    throttleRatio: undefined,
    rollover: undefined,
    override: undefined,
    ...fields,
  };
}
