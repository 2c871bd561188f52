import { amountOf, BUDGET_UNITS, type BudgetDefinition } from '../domain/budget.ts';
import { isInScope, scopeValue } from '../domain/budget-scope.ts';
import type { Charge } from '../domain/charge.ts';
import { contains, type Period, periodAt } from '../domain/period.ts';
import { type Account, limitInForce } from './account.ts';
import { decide, type Estimate } from './decide.ts';

/** One budget, or one subject of it, through one period. Amounts are in the base of its unit. */
export interface BudgetRun {
  readonly definition: BudgetDefinition;
  readonly subject: string | undefined;
  readonly period: Period;
  readonly limitAmount: number;
  /** What was let through. */
  readonly spentAmount: number;
  /** When the limit was reached; absent if it was not. */
  readonly exhaustedMs: number | undefined;
  /** Calls that a hard budget would have refused. */
  readonly blocked:
    | { readonly firstMs: number; readonly calls: number; readonly amount: number; readonly nanoUsd: number }
    | undefined;
  /** Calls without a price: the spend of a budget in USD is at least what it says. */
  readonly unpricedCalls: number;
  /** All of the period was read. */
  readonly isOver: boolean;
}

type Growing = { -readonly [field in keyof BudgetRun]: BudgetRun[field] };

/**
 * Counts charges in order of time against budgets with calendar periods. From `enforceFromMs` on a call that a hard budget
 * refuses is not made, and counts for no budget. Nobody waits: throttling is not simulated.
 */
export class BudgetRuns {
  readonly #definitions: readonly BudgetDefinition[];
  readonly #enforceFromMs: number;
  readonly #current = new Map<string, Growing>();
  readonly #all: Growing[] = [];

  constructor(definitions: readonly BudgetDefinition[], enforceFromMs: number) {
    this.#definitions = definitions;
    this.#enforceFromMs = enforceFromMs;
  }

  count(charge: Charge): void {
    const { event, price } = charge;
    const { timestampMs: atMs, quantities } = event;
    const costNanoUsd = price.kind === 'priced' ? price.costNanoUsd : 0;
    const runs = this.#runsOf(charge);
    const estimate = Object.fromEntries(
      BUDGET_UNITS.map((unit) => [unit, amountOf(unit, quantities, costNanoUsd)]),
    ) as Estimate;
    if (atMs >= this.#enforceFromMs && event.dimensions.category === 'api_external') {
      const { decision, strictest } = decide(runs.map(accountOf), estimate, {
        nowMs: atMs,
        isCounting: true,
        whenUnknown: 'allow',
        reservedForMs: () => 0,
        pausedForMs: () => 0,
      });
      if (decision === 'block') {
        const { definition, subject } = strictest!.account;
        const run = runs.find((one) => one.definition === definition && one.subject === subject)!;
        const { firstMs, calls, amount, nanoUsd } = run.blocked ?? {
          firstMs: atMs,
          calls: 0,
          amount: 0,
          nanoUsd: 0,
        };
        run.blocked = {
          firstMs,
          calls: calls + estimate.calls!,
          amount: amount + estimate[definition.unit]!,
          nanoUsd: nanoUsd + costNanoUsd,
        };
        return;
      }
    }
    for (const run of runs) {
      run.spentAmount += estimate[run.definition.unit]!;
      if (price.kind === 'unpriced') run.unpricedCalls += estimate.calls!;
      if (run.spentAmount >= run.limitAmount) run.exhaustedMs ??= atMs;
    }
  }

  /** Those of periods that were not over when enforcement began, in the order in which they began. */
  list(toMs: number): BudgetRun[] {
    return this.#all
      .filter(({ period }) => period.endMs > this.#enforceFromMs)
      .map((run) => ({ ...run, isOver: run.period.endMs <= toMs }))
      .sort((a, b) => a.period.startMs - b.period.startMs);
  }

  #runsOf({ event }: Charge): Growing[] {
    const { timestampMs: atMs } = event;
    return this.#definitions.flatMap((definition) => {
      if (!isInScope(definition.scope, event)) return [];
      const subject = definition.each === undefined ? undefined : scopeValue(definition.each, event);
      if (subject === '') return [];
      const key = `${definition.name}\0${subject ?? ''}`;
      let run = this.#current.get(key);
      if (!run || !contains(run.period, atMs)) {
        const period = periodAt(definition.period, atMs, definition.timeZone);
        const isNext = run?.period.endMs === period.startMs;
        const before = periodAt(definition.period, period.startMs - 1, definition.timeZone);
        const previous = { period: before, spentAmount: isNext ? run!.spentAmount : 0 };
        run = {
          definition,
          subject,
          period,
          limitAmount: limitInForce(definition, previous, atMs),
          spentAmount: 0,
          exhaustedMs: undefined,
          blocked: undefined,
          unpricedCalls: 0,
          isOver: false,
        };
        this.#current.set(key, run);
        this.#all.push(run);
      }
      return [run];
    });
  }
}

function accountOf({ definition, subject, period, limitAmount, spentAmount }: BudgetRun): Account {
  return { definition, subject, period, limitAmount, spentAmount, reservedAmount: 0 };
}
