import { type Scoped, type ScopeField, scopeValue } from '../domain/budget-scope.ts';
import type { TrackedBudget } from './tracked-budget.ts';

/**
 * Finds the budgets that a charge counts for without asking each: by the first pair of their scope, then the rest of it.
 * In no particular order.
 */
export class ScopeIndex {
  readonly #ofAll: TrackedBudget[] = [];
  readonly #byField = new Map<ScopeField, Map<string, TrackedBudget[]>>();

  constructor(budgets: readonly TrackedBudget[]) {
    for (const budget of budgets) this.#placeOf(budget).push(budget);
  }

  matching(scoped: Scoped): TrackedBudget[] {
    const found = [...this.#ofAll];
    for (const [field, byValue] of this.#byField) {
      for (const budget of byValue.get(scopeValue(field, scoped)) ?? []) {
        const { scope } = budget.definition;
        if (scope.every((pair, at) => at === 0 || scopeValue(pair.field, scoped) === pair.value))
          found.push(budget);
      }
    }
    return found;
  }

  #placeOf({ definition }: TrackedBudget): TrackedBudget[] {
    const first = definition.scope[0];
    if (!first) return this.#ofAll;
    const byValue = this.#byField.get(first.field) ?? new Map<string, TrackedBudget[]>();
    this.#byField.set(first.field, byValue);
    const place = byValue.get(first.value) ?? [];
    byValue.set(first.value, place);
    return place;
  }
}
