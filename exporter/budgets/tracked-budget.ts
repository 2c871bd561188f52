import type { BudgetDefinition } from '../domain/budget.ts';
import { type Period, periodAt } from '../domain/period.ts';
import { type Account, limitInForce } from './account.ts';
import { PeriodSums, type Totals } from './period-sums.ts';

/** What has to be read from the ledger for a budget; `previous` only where it counts. */
export interface BudgetLoad {
  readonly definition: BudgetDefinition;
  readonly period: Period;
  readonly previous: Period | undefined;
  readonly next: Period;
}

/**
 * One budget with what was spent of it. It knows nothing until it is loaded: between `beginLoad` and `finishLoad`
 * charges are counted apart and added to what the ledger had, so none is lost or counted twice. A period that ends is
 * followed by the next at once, with the charges that came ahead of the clock; then it asks to be loaded again, so that
 * what memory and the ledger say cannot drift apart.
 */
export class TrackedBudget {
  definition: BudgetDefinition;
  readonly #subjectLimit: number;
  readonly #reserved: Map<string, number>;
  #sums: PeriodSums | undefined;
  #incoming: PeriodSums | undefined;
  #isStale = true;
  #consumedAmount = 0;

  /** Promises to calls under way outlive a change of the definition and a new start: `former` is the same budget before it. */
  constructor(definition: BudgetDefinition, subjectLimit: number, former?: TrackedBudget) {
    this.definition = definition;
    this.#subjectLimit = subjectLimit;
    this.#reserved = former?.holdsLike(definition) ? former.#reserved : new Map();
    this.#consumedAmount = former?.isCountedLike(definition) ? former.#consumedAmount : 0;
  }

  /** Counted since the start of the exporter, however many periods that are. */
  get consumedAmount(): number {
    return this.#consumedAmount;
  }

  isKnownAt(nowMs: number): boolean {
    return this.#sumsAt(nowMs) !== undefined;
  }

  /** Until when nothing has to be done for it; 0 while something is under way. */
  get freshUntilMs(): number {
    return this.#sums && !this.#isStale && !this.#incoming ? this.#sums.period.endMs : 0;
  }

  /** Whether it has to be loaded, and is not being loaded already. */
  isStaleAt(nowMs: number): boolean {
    this.#sumsAt(nowMs);
    return this.#isStale && this.#incoming === undefined;
  }

  /** Whether what was counted for this budget is what would have been counted for the other. */
  isCountedLike(other: BudgetDefinition): boolean {
    return countingOf(this.definition) === countingOf(other);
  }

  holdsLike({ name, unit, each }: BudgetDefinition): boolean {
    return this.definition.name === name && this.definition.unit === unit && this.definition.each === each;
  }

  /** Call it in the same turn as the answer to the ledger's position. */
  beginLoad(nowMs: number): BudgetLoad {
    const { definition } = this;
    const incoming = new PeriodSums(definition.period, definition.timeZone, nowMs, this.#subjectLimit);
    this.#incoming = incoming;
    const { period, next } = incoming;
    return { definition, period, previous: definition.rollover && incoming.previous, next };
  }

  /** With what the ledger had at that position; without, if it could not be read: what was known before stays. */
  finishLoad(sums: readonly [previous: Totals, current: Totals, next: Totals] | undefined): void {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    if (!incoming || !sums) return;
    incoming.addAll(...sums);
    this.#sums = incoming;
    this.#isStale = false;
  }

  charge(atMs: number, subject: string, amount: number): void {
    this.#consumedAmount += amount;
    this.#sums?.add(atMs, subject, amount);
    this.#incoming?.add(atMs, subject, amount);
  }

  account(subject: string, nowMs: number): Account {
    const { definition } = this;
    const sums = this.#sumsAt(nowMs);
    return new HeldAccount(
      definition,
      definition.each === undefined ? undefined : subject,
      sums?.period ?? periodAt(definition.period, nowMs, definition.timeZone),
      this.#limitAfter(sums?.previous, sums?.previousOf(subject) ?? 0, nowMs),
      sums?.current(subject),
      this.#reserved,
    );
  }

  /** The share of its limit that each subject with usage in the current period has used, in no particular order. */
  forEachUsedRatio(nowMs: number, look: (subject: string, usedRatio: number) => void): void {
    const sums = this.#sumsAt(nowMs);
    sums?.forEachUsed((subject, current, previous) =>
      look(subject, current / this.#limitAfter(sums.previous, previous, nowMs)),
    );
  }

  #limitAfter(period: Period | undefined, spentAmount: number, nowMs: number): number {
    return limitInForce(this.definition, period && { period, spentAmount }, nowMs);
  }

  #sumsAt(nowMs: number): PeriodSums | undefined {
    const sums = this.#sums;
    if (!sums || nowMs < sums.period.endMs) return sums;
    const { period, timeZone } = this.definition;
    this.#isStale = true;
    this.#sums = sums.shiftedTo(period, timeZone, nowMs);
    return this.#sums;
  }
}

/** A class, as accounts are made for every question: an object literal with accessors takes several times as long. */
class HeldAccount implements Account {
  readonly definition: BudgetDefinition;
  readonly subject: string | undefined;
  readonly period: Period;
  readonly limitAmount: number;
  readonly spentAmount: number | undefined;
  readonly #reserved: Map<string, number>;

  constructor(
    definition: BudgetDefinition,
    subject: string | undefined,
    period: Period,
    limitAmount: number,
    spentAmount: number | undefined,
    reserved: Map<string, number>,
  ) {
    this.definition = definition;
    this.subject = subject;
    this.period = period;
    this.limitAmount = limitAmount;
    this.spentAmount = spentAmount;
    this.#reserved = reserved;
  }

  get reservedAmount(): number {
    return this.#reserved.get(this.subject ?? '') ?? 0;
  }

  set reservedAmount(amount: number) {
    if (amount === 0) this.#reserved.delete(this.subject ?? '');
    else this.#reserved.set(this.subject ?? '', amount);
  }
}

/** All of a definition that decides which charges count where. */
function countingOf({ name, scope, each, unit, period, timeZone, rollover }: BudgetDefinition): string {
  return JSON.stringify([name, scope, each, unit, period, timeZone, rollover !== undefined]);
}
