import type { Account } from '../../exporter/budgets/account.ts';
import type { Estimate } from '../../exporter/budgets/decide.ts';
import type { BudgetDefinition } from '../../exporter/domain/budget.ts';

export interface AccountFields {
  readonly definition?: Partial<BudgetDefinition>;
  readonly subject?: string;
  readonly spentAmount?: number | undefined;
  readonly reservedAmount?: number;
  readonly limitAmount?: number;
}

/** November 2026 in UTC. */
export const PERIOD = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };

/** A hard budget of 1000 nano-USD of which nothing is spent, unless said otherwise. */
export function givenAccount({ definition, ...fields }: AccountFields = {}): Account {
  const limitAmount = fields.limitAmount ?? 1000;
  return {
    definition: {
      name: 'team-a',
      scope: [],
      each: undefined,
      unit: 'usd',
      period: { kind: 'month', startMonth: 1, startDay: 1 },
      timeZone: 'UTC',
      limitAmount,
      thresholds: [],
      isHard: true,
      throttleRatio: undefined,
      rollover: undefined,
      override: undefined,
      ...definition,
    },
    subject: undefined,
    spentAmount: 0,
    reservedAmount: 0,
    period: PERIOD,
    limitAmount,
    ...fields,
  };
}

/** Of a call that costs as many nano-USD, ten times as many tokens. */
export function costing(nanoUsd: number): Estimate {
  return { usd: nanoUsd, tokens: nanoUsd * 10, calls: 1, gpu_hours: 0 };
}
