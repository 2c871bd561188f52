import type { BudgetDefinition, BudgetStatus } from '../domain/budget.ts';
import { contains, type Period } from '../domain/period.ts';
import { budgetStatus, type EndOfPeriodForecast } from './budget-status.ts';

/** What a tenant spent, or part of it. */
export interface Spend {
  readonly tenantId: string;
  readonly costNanoUsd: number;
}

/**
 * The spend of every budget in one period. It knows nothing until the period is loaded, and then counts each charge
 * that falls into it; unknown is not zero, so there is no status before.
 */
export class BudgetBook {
  readonly #forecaster: EndOfPeriodForecast;
  #definitions: readonly BudgetDefinition[];
  #period: Period | undefined;
  #totalNanoUsd = 0;
  /** Of the tenants that have a budget. */
  #byTenant = new Map<string, number>();

  constructor(definitions: readonly BudgetDefinition[], forecaster: EndOfPeriodForecast) {
    this.#definitions = definitions;
    this.#forecaster = forecaster;
  }

  /** Replaces the definitions; statuses are back with the next `load`. */
  define(definitions: readonly BudgetDefinition[]): void {
    this.#definitions = definitions;
    this.#period = undefined;
  }

  /** Begins a period with what has been spent in it so far, all tenants. */
  load(period: Period, spent: Iterable<Spend>): void {
    this.#period = period;
    this.#totalNanoUsd = 0;
    this.#byTenant = new Map(
      this.#definitions.filter(({ scope }) => scope === 'tenant').map(({ scopeId }) => [scopeId, 0]),
    );
    for (const { tenantId, costNanoUsd } of spent) this.#add(tenantId, costNanoUsd);
  }

  /** Counts a charge by its own time: one of another period does not belong here. */
  charge(timestampMs: number, tenantId: string, costNanoUsd: number): void {
    if (this.#period && contains(this.#period, timestampMs)) this.#add(tenantId, costNanoUsd);
  }

  /** In the order of the definitions; none while the spend is unknown. */
  statuses(nowMs: number): BudgetStatus[] {
    const period = this.#period;
    if (!period) return [];
    return this.#definitions.map((definition) => {
      const { scope, scopeId } = definition;
      const spentNanoUsd = scope === 'organization' ? this.#totalNanoUsd : this.#byTenant.get(scopeId)!;
      return budgetStatus(definition, period, spentNanoUsd, nowMs, this.#forecaster);
    });
  }

  #add(tenantId: string, costNanoUsd: number): void {
    this.#totalNanoUsd += costNanoUsd;
    const spentNanoUsd = this.#byTenant.get(tenantId);
    if (spentNanoUsd !== undefined) this.#byTenant.set(tenantId, spentNanoUsd + costNanoUsd);
  }
}
