import type { BudgetStatus } from './budget.ts';
import type { Opportunity } from './opportunity.ts';
import type { Period } from './period.ts';

/** What the landing page shows. */
export interface Overview {
  readonly version: string;
  /** Why nothing is accepted yet, if so. */
  readonly notReadyBecause?: string | undefined;
  readonly month: Period;
  readonly timeZone: string;
  readonly monthToDateNanoUsd: number;
  readonly lastHourNanoUsd: number;
  readonly events: number;
  readonly unpricedRequests: number;
  readonly budgets: readonly BudgetStatus[];
  readonly opportunities: readonly Opportunity[];
}
