import {
  amountOf,
  type BudgetConsumption,
  type BudgetDefinition,
  type BudgetStatus,
  type SubjectCounts,
} from '../domain/budget.ts';
import { type Scoped, scopeValue } from '../domain/budget-scope.ts';
import type { Charge } from '../domain/charge.ts';
import type { ForecastPath } from '../domain/forecast.ts';
import type { Account } from './account.ts';
import { budgetStatus } from './budget-status.ts';
import type { Totals } from './period-sums.ts';
import { ScopeIndex } from './scope-index.ts';
import { type BudgetLoad, TrackedBudget } from './tracked-budget.ts';

export interface BookOptions {
  /** Subjects that a budget for each of something keeps apart. */
  readonly subjects: number;
  /** Of them, how many have a status of their own. */
  readonly topSubjects: number;
}

/** What is expected to come for a budget, as far as anything is. */
export type PathOf = (definition: BudgetDefinition) => ForecastPath | undefined;

/** The budgets with what was spent of them: counts each charge for every budget whose scope it fits. */
export class BudgetBook {
  readonly #options: BookOptions;
  readonly #budgets: readonly TrackedBudget[];
  readonly #index: ScopeIndex;
  #freshUntilMs = 0;

  private constructor(budgets: readonly TrackedBudget[], options: BookOptions) {
    this.#options = options;
    this.#budgets = budgets;
    this.#index = new ScopeIndex(budgets);
  }

  static of(definitions: readonly BudgetDefinition[], options: BookOptions): BudgetBook {
    return new BudgetBook([], options).redefined(definitions);
  }

  /** The same budgets, of which nothing is known yet but what is promised to calls under way. */
  begunAnew(): BudgetBook {
    const { subjects } = this.#options;
    const budgets = this.#budgets.map((former) => new TrackedBudget(former.definition, subjects, former));
    return new BudgetBook(budgets, this.#options);
  }

  /** With other definitions. A budget that counts the same charges as before knows what it knew. */
  redefined(definitions: readonly BudgetDefinition[]): BudgetBook {
    const budgets = definitions.map((definition) => {
      const former = this.#find(definition.name);
      if (!former?.isCountedLike(definition))
        return new TrackedBudget(definition, this.#options.subjects, former);
      former.definition = definition;
      return former;
    });
    return new BudgetBook(budgets, this.#options);
  }

  get definitions(): readonly BudgetDefinition[] {
    return this.#budgets.map(({ definition }) => definition);
  }

  /** Those that have to be loaded, each begun: to be called in the same turn as the answer to the ledger's position. */
  beginLoads(nowMs: number): { readonly load: BudgetLoad; readonly finish: TrackedBudget['finishLoad'] }[] {
    return this.#budgets
      .filter((budget) => budget.isStaleAt(nowMs))
      .map((budget) => ({
        load: budget.beginLoad(nowMs),
        finish: (sums?: readonly [Totals, Totals, Totals]) => budget.finishLoad(sums),
      }));
  }

  /** Whether there is a budget that has to be loaded. */
  isStaleAt(nowMs: number): boolean {
    if (nowMs < this.#freshUntilMs) return false;
    if (this.#budgets.some((budget) => budget.isStaleAt(nowMs))) return true;
    this.#freshUntilMs = this.#budgets.reduce((end, budget) => Math.min(end, budget.freshUntilMs), Infinity);
    return false;
  }

  /** Counts a charge by its own time. One without a price takes nothing from a budget in USD. */
  charge({ event, price }: Charge): void {
    if (this.#budgets.length === 0) return;
    const costNanoUsd = price.kind === 'priced' ? price.costNanoUsd : 0;
    for (const budget of this.#index.matching(event)) {
      const amount = amountOf(budget.definition.unit, event.quantities, costNanoUsd);
      const subject = subjectOf(budget, event);
      if (amount !== 0 && subject !== undefined) budget.charge(event.timestampMs, subject, amount);
    }
  }

  /** Of every budget, soft and hard, that a call would count for. */
  accountsFor(scoped: Scoped, nowMs: number): Account[] {
    const accounts: Account[] = [];
    for (const budget of this.#index.matching(scoped)) {
      const subject = subjectOf(budget, scoped);
      if (subject !== undefined) accounts.push(budget.account(subject, nowMs));
    }
    return accounts;
  }

  /**
   * In the order of the definitions, those of subjects with the largest share of their limit first, as many as the
   * options say. None of a budget while its spend is unknown.
   */
  statuses(nowMs: number, pathOf: PathOf): BudgetStatus[] {
    return this.#budgets.flatMap((budget) => {
      if (!budget.isKnownAt(nowMs)) return [];
      if (budget.definition.each !== undefined)
        return this.#largestShares(budget, this.#options.topSubjects, nowMs);
      return [budgetStatus(budget.account('', nowMs), nowMs, pathOf(budget.definition))];
    });
  }

  /** Every subject with usage in the current period, the largest share of its limit first; `count` of them at most. */
  subjects(name: string, nowMs: number, count = Infinity): BudgetStatus[] {
    const budget = this.#find(name);
    return budget?.definition.each === undefined ? [] : this.#largestShares(budget, count, nowMs);
  }

  subjectCounts(nowMs: number): SubjectCounts[] {
    return this.#budgets.flatMap((budget) => {
      if (budget.definition.each === undefined || !budget.isKnownAt(nowMs)) return [];
      let subjects = 0;
      let overLimit = 0;
      budget.forEachUsedRatio(nowMs, (_subject, usedRatio) => {
        subjects += 1;
        if (usedRatio > 1) overLimit += 1;
      });
      return [{ budget: budget.definition.name, subjects, overLimit }];
    });
  }

  consumptions(): BudgetConsumption[] {
    return this.#budgets.map(({ definition, consumedAmount }) => ({ definition, amount: consumedAmount }));
  }

  #largestShares(budget: TrackedBudget, count: number, nowMs: number): BudgetStatus[] {
    const largest: [subject: string, usedRatio: number][] = [];
    const cut = () => {
      largest.sort(([, a], [, b]) => b - a);
      if (largest.length > count) largest.length = count;
    };
    let least = 0;
    budget.forEachUsedRatio(nowMs, (subject, usedRatio) => {
      if (usedRatio <= least) return;
      largest.push([subject, usedRatio]);
      // Cut now and then: sorting all of them for a few takes longer than the rest of a scrape.
      if (largest.length < 2 * count + 64) return;
      cut();
      least = largest.at(-1)?.[1] ?? 0;
    });
    cut();
    return largest.map(([subject]) => budgetStatus(budget.account(subject, nowMs), nowMs, undefined));
  }

  #find(name: string): TrackedBudget | undefined {
    return this.#budgets.find(({ definition }) => definition.name === name);
  }
}

/** Undefined if the budget is for each of something that the call has none of. */
function subjectOf({ definition: { each } }: TrackedBudget, scoped: Scoped): string | undefined {
  if (each === undefined) return '';
  return scopeValue(each, scoped) || undefined;
}
