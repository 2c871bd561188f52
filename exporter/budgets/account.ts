import type { BudgetDefinition } from '../domain/budget.ts';
import type { Period } from '../domain/period.ts';

/** One budget, or one subject of a budget for each of something, in its current period: what a decision looks at. */
export interface Account {
  readonly definition: BudgetDefinition;
  readonly subject: string | undefined;
  /** Undefined while it is not known: being loaded, or the subject has no place. */
  readonly spentAmount: number | undefined;
  /** Held by reservations. */
  reservedAmount: number;
  readonly period: Period;
  readonly limitAmount: number;
}

/** The limit in force: the override until it ends, else the limit and what `previousAmount` left of the period before. */
export function limitInForce(
  { limitAmount, override, rollover }: BudgetDefinition,
  previous: { readonly period: Period; readonly spentAmount: number } | undefined,
  nowMs: number,
): number {
  if (override && nowMs < override.untilMs) return override.limitAmount;
  if (!rollover || !previous || previous.period.startMs < rollover.sinceMs) return limitAmount;
  const left = Math.max(0, limitAmount - previous.spentAmount);
  return limitAmount + Math.min(left, Math.round(rollover.maximumRatio * limitAmount));
}
