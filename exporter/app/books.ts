import { Aggregate } from '../aggregate/index.ts';
import type { Account } from '../budgets/account.ts';
import { type BookOptions, BudgetBook } from '../budgets/budget-book.ts';
import type { BudgetDefinition } from '../domain/budget.ts';
import type { Scoped } from '../domain/budget-scope.ts';
import type { Charge } from '../domain/charge.ts';
import { CodedError } from '../domain/errors.ts';
import { monthOf, type Period } from '../domain/period.ts';
import type { Ports } from '../domain/ports.ts';
import type { AmountQuery, Ledger } from '../ledger/ledger.ts';

const HOUR_MS = 3_600_000;
const RESTORE_RETRY_MS = 5000;

export interface BooksOptions {
  readonly labelSets: number;
  readonly timeZone: string;
  readonly definitions: readonly BudgetDefinition[];
  readonly budgets: BookOptions;
  readonly ports: Ports;
}

/** One set of sums. A restore begins a new one; what was under way for the old one does not belong in it. */
interface Sums {
  readonly aggregate: Aggregate;
  budgets: BudgetBook;
}

/**
 * What the ledger's charges add up to, in memory: series and budgets, each charge in all of them or in none.
 * `restore` before anything is stored, and again whenever the ledger was opened anew.
 */
export class Books {
  readonly #options: BooksOptions;
  #sums: Sums;
  /** Of the budgets' load under way. */
  #loading: Promise<void> | undefined;
  #loadAgainMs = 0;
  #waitingFor: string | undefined = 'the ledger is being opened';

  constructor(options: BooksOptions) {
    this.#options = options;
    this.#sums = this.#empty(BudgetBook.of(options.definitions, options.budgets));
  }

  get aggregate(): Aggregate {
    return this.#sums.aggregate;
  }

  get budgets(): BudgetBook {
    return this.#sums.budgets;
  }

  /** Why nothing can be stored yet. */
  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  /** Counters continue from the ledger. Nothing is stored meanwhile, so nothing is counted twice. Tries until it can. */
  async restore(ledger: Ledger): Promise<void> {
    const { now, log } = this.#options.ports;
    this.#waitingFor = 'the counters are being restored';
    const sums = this.#empty(this.budgets.begunAnew());
    this.#sums = sums;
    try {
      sums.aggregate.restore(await ledger.totals());
      await loadMonth(ledger, sums.aggregate, this.#monthAt(now()));
      await loadBudgets(ledger, sums, now);
    } catch (error) {
      this.#waitingFor = `the counters cannot be restored: ${(error as Error).message}`;
      log.error(this.#waitingFor);
      setTimeout(() => void this.restore(ledger), RESTORE_RETRY_MS).unref();
      return;
    }
    this.#waitingFor = undefined;
    try {
      sums.aggregate.loadRate(await ledger.costByMinute(now() - HOUR_MS));
    } catch (error) {
      log.warn('the cost of the last hour is not restored', { error: (error as Error).message });
    }
  }

  /** Stores charges and counts the new ones. One flag per charge: 1 stored, 0 seen before. */
  async store(ledger: Ledger, charges: readonly Charge[]): Promise<Uint8Array> {
    if (this.#waitingFor !== undefined) {
      const { up, error } = ledger.health();
      throw new CodedError('ledger_unavailable', `not ready: ${up ? this.#waitingFor : error}`);
    }
    // Of before the commit: sums that were begun since are restored from a ledger that has these charges.
    const sums = this.#sums;
    const stored = await ledger.append(charges);
    for (let i = 0; i < charges.length; i++) {
      if (stored[i] === 0) continue;
      const charge = charges[i]!;
      sums.aggregate.record(charge);
      sums.budgets.charge(charge);
    }
    return stored;
  }

  /** Of every budget that a call would count for, as they are now. */
  accountsFor(ledger: Ledger, scoped: Scoped): Account[] {
    void this.keepBudgets(ledger);
    return this.budgets.accountsFor(scoped, this.#options.ports.now());
  }

  /**
   * Reads what is not known of the budgets from the ledger: of new ones, and of those whose period has ended. Does
   * nothing where everything is known. Never rejects; a failure is tried again with a later call.
   */
  async keepBudgets(ledger: Ledger): Promise<void> {
    const { now, monotonic, log } = this.#options.ports;
    if (this.#loading) return this.#loading;
    if (this.#waitingFor !== undefined || monotonic() < this.#loadAgainMs) return;
    if (!this.budgets.isStaleAt(now())) return;
    this.#loading = loadBudgets(ledger, this.#sums, now)
      .catch((error: Error) => {
        this.#loadAgainMs = monotonic() + RESTORE_RETRY_MS;
        log.error('what was spent of the budgets cannot be read', { error: error.message });
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  /** Begins the new month, if there is one, from what the ledger has of it: events may have come ahead of the clock. */
  async turnMonth(ledger: Ledger): Promise<void> {
    const { now, log } = this.#options.ports;
    if (this.#waitingFor !== undefined || now() < this.aggregate.month.endMs) return;
    try {
      await loadMonth(ledger, this.aggregate, this.#monthAt(now()));
    } catch (error) {
      log.error('the new month cannot be begun', { error: (error as Error).message });
    }
  }

  /** Resolves when what was spent of the new ones is known, or could not be read. */
  async setDefinitions(ledger: Ledger, definitions: readonly BudgetDefinition[]): Promise<void> {
    this.#sums.budgets = this.budgets.redefined(definitions);
    // A load under way may be for the definitions before.
    await this.#loading;
    await this.keepBudgets(ledger);
  }

  #empty(budgets: BudgetBook): Sums {
    const nowMs = this.#options.ports.now();
    return {
      aggregate: new Aggregate({ labelSets: this.#options.labelSets, month: this.#monthAt(nowMs), nowMs }),
      budgets,
    };
  }

  #monthAt(atMs: number): Period {
    return monthOf(atMs, this.#options.timeZone);
  }
}

/** Replies of the ledger come in order: what is counted after its answer is not in its sums, what was before is. */
async function loadMonth(ledger: Ledger, aggregate: Aggregate, month: Period): Promise<void> {
  aggregate.loadMonth(month, await ledger.totalsBetween(month.startMs, month.endMs));
}

/** Charges are counted apart from the ledger's position on, so the sums up to it may take their time. */
async function loadBudgets(ledger: Ledger, sums: Sums, now: () => number): Promise<void> {
  if (!sums.budgets.isStaleAt(now())) return;
  const row = await ledger.position();
  const loads = sums.budgets.beginLoads(now());
  const nothing = new Map<string, number>();
  const queries: AmountQuery[] = [];
  const places = loads.map(({ load: { definition, previous, period, next } }) =>
    [previous, period, next].map((part) => {
      if (!part) return undefined;
      const { scope, unit, each } = definition;
      return queries.push({ fromMs: part.startMs, toMs: part.endMs, scope, unit, each }) - 1;
    }),
  );
  try {
    const totals = await ledger.amounts(row, queries);
    const of = (place: number | undefined) => (place === undefined ? nothing : totals[place]!);
    loads.forEach(({ finish }, at) => {
      const [previous, current, next] = places[at]!;
      finish([of(previous), of(current), of(next)]);
    });
  } catch (error) {
    for (const { finish } of loads) finish(undefined);
    throw error;
  }
}
