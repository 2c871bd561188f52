import type { Period } from './period.ts';

export interface BudgetDefinition {
  /** Unique name, the `budget` label. */
  readonly name: string;
  /** `organization` has an empty `scopeId`. */
  readonly scope: 'organization' | 'tenant';
  readonly scopeId: string;
  readonly period: 'month';
  readonly limitNanoUsd: number;
}

/** A budget at one moment. What is unknown is absent. */
export interface BudgetStatus {
  readonly definition: BudgetDefinition;
  readonly period: Period;
  readonly spentNanoUsd: number;
  /** Negative once overspent. */
  readonly remainingNanoUsd: number;
  readonly usedRatio: number;
  readonly forecastUsd?: number;
  /** Present only when the forecast says that it will run out inside the period, or it already has. */
  readonly exhaustionMs?: number;
}
