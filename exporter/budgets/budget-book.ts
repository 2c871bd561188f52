import type { BudgetDefinition, BudgetStatus } from '../domain/budget.ts';
import { contains, monthOf, type Period } from '../domain/period.ts';
import { budgetStatus, type EndOfPeriodForecast } from './budget-status.ts';

/** What one period has cost so far, by budget name. */
interface Sheet {
  readonly period: Period;
  readonly spentNanoUsd: Map<string, number>;
  /** Budgets whose spend in this period was loaded. */
  readonly loaded: Set<string>;
  /** The period came directly after the shown one, so no charge of it was missed. Not so after a jump of the clock. */
  complete: boolean;
}

/** Counted in every charge of the periods that begin at `completeFromMs` or later. */
interface Account {
  readonly definition: BudgetDefinition;
  readonly completeFromMs: number;
}

export interface BudgetBookOptions {
  readonly definitions: readonly BudgetDefinition[];
  /** IANA zone of the budget periods. */
  readonly timeZone: string;
  readonly nowMs: number;
  readonly forecaster: EndOfPeriodForecast;
}

/**
 * The spend of every budget. Each charge goes to the sheet of the period of its own timestamp, so late events stay
 * out of the new period, early ones wait for it, and a clock that steps either way finds its sheet again.
 * A new period starts at 0 and asks for nothing. Where charges may have been missed (before the start or
 * the budget's definition, after a jump of the clock) it is `unknown` and has no status until its spend is loaded: unknown is not zero.
 * One sheet a month is kept, plus those ahead of the clock: whoever calls `charge` bounds timestamps in the future.
 */
export class BudgetBook {
  readonly #timeZone: string;
  readonly #forecaster: EndOfPeriodForecast;
  readonly #sheets = new Map<number, Sheet>();
  #accounts: readonly Account[] = [];
  #organizationNames: readonly string[] = [];
  #namesByTenant: ReadonlyMap<string, readonly string[]> = new Map();
  /** The sheet that was shown last. */
  #shown: Sheet;
  /** The sheet that was charged last. */
  #charged: Sheet;
  /** Start of the oldest sheet. Charges before it are of no use: that period would have to be loaded anyway. */
  #floorMs: number;

  constructor(options: BudgetBookOptions) {
    this.#timeZone = options.timeZone;
    this.#forecaster = options.forecaster;
    this.#floorMs = Number.POSITIVE_INFINITY;
    this.#shown = this.#sheetAt(options.nowMs);
    this.#charged = this.#shown;
    this.setDefinitions(options.definitions);
  }

  /** The period of the latest `statuses` or `unknown`, at first that of the start. `load` is about this one. */
  get period(): Period {
    return this.#shown.period;
  }

  /** Counts a charge in every budget that it falls under. Once per event. */
  charge(timestampMs: number, tenantId: string, costNanoUsd: number): void {
    if (timestampMs < this.#floorMs) return;
    if (!contains(this.#charged.period, timestampMs)) this.#charged = this.#sheetAt(timestampMs);
    const { spentNanoUsd } = this.#charged;
    for (const name of this.#organizationNames) {
      spentNanoUsd.set(name, (spentNanoUsd.get(name) ?? 0) + costNanoUsd);
    }
    const names = this.#namesByTenant.get(tenantId);
    if (names === undefined) return;
    for (const name of names) spentNanoUsd.set(name, (spentNanoUsd.get(name) ?? 0) + costNanoUsd);
  }

  /**
   * Sets the spend of `period` from what is stored, replacing what was charged to it here. Read `period`, sum and
   * load in one turn: a charge in between is lost if the sum does not have it. Throws on an unknown budget.
   */
  load(budgetName: string, spentNanoUsd: number): void {
    if (!this.#accounts.some((account) => account.definition.name === budgetName)) {
      throw new Error(`budget ${JSON.stringify(budgetName)} is not defined: its spend cannot be loaded`);
    }
    this.#shown.spentNanoUsd.set(budgetName, spentNanoUsd);
    this.#shown.loaded.add(budgetName);
  }

  /** Budgets without a status, because their spend in the period of `nowMs` has to be loaded first. */
  unknown(nowMs: number): BudgetDefinition[] {
    const sheet = this.#show(nowMs);
    return this.#accounts.filter((account) => !isKnown(account, sheet)).map((account) => account.definition);
  }

  /** Every budget that is known, in the order of the definitions. */
  statuses(nowMs: number): BudgetStatus[] {
    const sheet = this.#show(nowMs);
    return this.#accounts
      .filter((account) => isKnown(account, sheet))
      .map(({ definition }) =>
        budgetStatus(
          definition,
          sheet.period,
          sheet.spentNanoUsd.get(definition.name) ?? 0,
          nowMs,
          this.#forecaster,
        ),
      );
  }

  /** Replaces the definitions. A budget of the same name and scope keeps its spend; a new one is `unknown` at first. */
  setDefinitions(definitions: readonly BudgetDefinition[]): void {
    const old = new Map(this.#accounts.map((account) => [account.definition.name, account]));
    const accounts = definitions.map((definition): Account => {
      const kept = old.get(definition.name);
      if (kept && isSameScope(kept.definition, definition)) {
        old.delete(definition.name);
        return { definition, completeFromMs: kept.completeFromMs };
      }
      return { definition, completeFromMs: this.#latestEndMs() };
    });
    for (const name of old.keys()) this.#forget(name);

    const namesByTenant = new Map<string, string[]>();
    for (const { scope, scopeId, name } of definitions) {
      if (scope === 'tenant') namesByTenant.set(scopeId, [...(namesByTenant.get(scopeId) ?? []), name]);
    }
    this.#accounts = accounts;
    this.#namesByTenant = namesByTenant;
    this.#organizationNames = definitions.filter((d) => d.scope === 'organization').map((d) => d.name);
  }

  /** A budget defined now misses no charge of the periods from here on. */
  #latestEndMs(): number {
    return Math.max(...[...this.#sheets.values()].map((sheet) => sheet.period.endMs));
  }

  #forget(name: string): void {
    for (const sheet of this.#sheets.values()) {
      sheet.spentNanoUsd.delete(name);
      sheet.loaded.delete(name);
    }
  }

  #show(nowMs: number): Sheet {
    if (contains(this.#shown.period, nowMs)) return this.#shown;
    const sheet = this.#sheetAt(nowMs);
    if (sheet.period.startMs === this.#shown.period.endMs) sheet.complete = true;
    this.#shown = sheet;
    return sheet;
  }

  #sheetAt(atMs: number): Sheet {
    const period = monthOf(atMs, this.#timeZone);
    const held = this.#sheets.get(period.startMs);
    if (held) return held;
    const sheet: Sheet = { period, spentNanoUsd: new Map(), loaded: new Set(), complete: false };
    this.#sheets.set(period.startMs, sheet);
    this.#floorMs = Math.min(this.#floorMs, period.startMs);
    return sheet;
  }
}

function isKnown({ definition, completeFromMs }: Account, sheet: Sheet): boolean {
  return sheet.loaded.has(definition.name) || (sheet.complete && sheet.period.startMs >= completeFromMs);
}

function isSameScope(a: BudgetDefinition, b: BudgetDefinition): boolean {
  return a.scope === b.scope && a.scopeId === b.scopeId && a.period === b.period;
}
