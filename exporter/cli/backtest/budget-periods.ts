import type { BudgetStatus, BudgetUnit } from '../../domain/budget.ts';
import { scopeIdLabel, scopeLabel } from '../../domain/budget-scope.ts';
import { type Period, periodLabel } from '../../domain/period.ts';

/** What became of one budget in one period. Amounts are in the base of its unit. */
export interface BudgetPeriod {
  /** `budget`, `scope`, `scope_id` and `period` of its metrics. */
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: BudgetUnit;
  readonly isHard: boolean;
  readonly period: Period;
  /** In force at the end. */
  readonly limitAmount: number;
  readonly spentAmount: number;
  /** First moment with more spent than the limit; absent if there was none. */
  readonly overrunMs: number | undefined;
  /** It was overrun before the time that is looked at: how early anything came is not known. */
  readonly beganOverrun: boolean;
  /** All of the period up to its end was replayed. */
  readonly isOver: boolean;
}

type Growing = { -readonly [field in keyof BudgetPeriod]: BudgetPeriod[field] };

/**
 * Keeps what is seen of budgets apart by period. The windows of a rolling budget overlap: for them a period is a time
 * above the limit, or the time between two of those.
 */
export class BudgetPeriods {
  readonly #fromMs: number;
  readonly #current = new Map<string, Growing>();
  readonly #all: Growing[] = [];

  /** What is over before `fromMs` is forgotten. */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  see(atMs: number, statuses: readonly BudgetStatus[]): void {
    for (const status of statuses) this.#see(atMs, status);
  }

  list(toMs: number): BudgetPeriod[] {
    return this.#all
      .filter(({ period }) => period.endMs > this.#fromMs)
      .map((one) => ({ ...one, isOver: one.period.endMs <= toMs }))
      .sort((a, b) => a.period.startMs - b.period.startMs);
  }

  #see(atMs: number, { definition, subject, period, limitAmount, spentAmount }: BudgetStatus): void {
    const isOverrun = spentAmount > limitAmount;
    const labels = {
      budget: definition.name,
      scope: scopeLabel(definition.scope, definition.each),
      scope_id: scopeIdLabel(definition.scope, subject),
      period: periodLabel(definition.period),
    };
    const key = JSON.stringify(labels);
    const isRolling = definition.period.kind === 'rolling';
    let one = this.#current.get(key);
    const isNext = isRolling
      ? one?.overrunMs !== undefined && !isOverrun
      : one?.period.startMs !== period.startMs;
    if (!one || isNext) {
      if (one && isRolling) one.period = { startMs: one.period.startMs, endMs: atMs };
      one = {
        labels,
        unit: definition.unit,
        isHard: definition.isHard,
        period: isRolling ? { startMs: atMs, endMs: Number.POSITIVE_INFINITY } : period,
        limitAmount,
        spentAmount,
        overrunMs: undefined,
        beganOverrun: false,
        isOver: false,
      };
      this.#current.set(key, one);
      this.#all.push(one);
    }
    one.limitAmount = limitAmount;
    one.spentAmount = spentAmount;
    if (!isOverrun || one.overrunMs !== undefined) return;
    one.overrunMs = atMs;
    one.beganOverrun = atMs <= this.#fromMs;
  }
}
