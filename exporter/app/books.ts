import { Aggregate } from '../aggregate/index.ts';
import { BudgetBook } from '../budgets/budget-book.ts';
import type { BudgetDefinition } from '../domain/budget.ts';
import type { Charge } from '../domain/charge.ts';
import { CodedError } from '../domain/errors.ts';
import { monthOf, type Period } from '../domain/period.ts';
import type { Ports } from '../domain/ports.ts';
import { FORECASTERS } from '../forecast/index.ts';
import type { Ledger } from '../ledger/ledger.ts';

const HOUR_MS = 3_600_000;
const RESTORE_RETRY_MS = 5000;

export interface BooksOptions {
  readonly labelSets: number;
  readonly timeZone: string;
  readonly definitions: readonly BudgetDefinition[];
  readonly ports: Ports;
}

/** One set of sums. A restore begins a new one; what was under way for the old one does not belong in it. */
interface Sums {
  readonly aggregate: Aggregate;
  readonly budgets: BudgetBook;
}

/**
 * What the ledger's charges add up to, in memory: series and budgets, each charge in all of them or in none.
 * `restore` before anything is stored, and again whenever the ledger was opened anew.
 */
export class Books {
  readonly #options: BooksOptions;
  #definitions: readonly BudgetDefinition[];
  #sums: Sums;
  #waitingFor: string | undefined = 'the ledger is being opened';

  constructor(options: BooksOptions) {
    this.#options = options;
    this.#definitions = options.definitions;
    this.#sums = this.#empty();
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
    const sums = this.#empty();
    this.#sums = sums;
    try {
      sums.aggregate.restore(await ledger.totals());
      await loadMonth(ledger, sums, this.#monthAt(now()));
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
    const { aggregate, budgets } = this.#sums;
    const stored = await ledger.append(charges);
    for (let i = 0; i < charges.length; i++) {
      if (stored[i] === 0) continue;
      const charge = charges[i]!;
      aggregate.record(charge);
      if (charge.price.kind === 'priced') {
        const { timestampMs, dimensions } = charge.event;
        budgets.charge(timestampMs, dimensions.tenant_id, charge.price.costNanoUsd);
      }
    }
    return stored;
  }

  /** Begins the new month, if there is one, from what the ledger has of it: events may have come ahead of the clock. */
  async turnMonth(ledger: Ledger): Promise<void> {
    const { now, log } = this.#options.ports;
    if (this.#waitingFor !== undefined || now() < this.aggregate.month.endMs) return;
    try {
      await loadMonth(ledger, this.#sums, this.#monthAt(now()));
    } catch (error) {
      log.error('the new month cannot be begun', { error: (error as Error).message });
    }
  }

  async setDefinitions(ledger: Ledger, definitions: readonly BudgetDefinition[]): Promise<void> {
    this.#definitions = definitions;
    this.budgets.define(definitions);
    if (this.#waitingFor === undefined) await loadMonth(ledger, this.#sums, this.aggregate.month);
  }

  #empty(): Sums {
    const nowMs = this.#options.ports.now();
    return {
      aggregate: new Aggregate({ labelSets: this.#options.labelSets, month: this.#monthAt(nowMs), nowMs }),
      budgets: new BudgetBook(this.#definitions, FORECASTERS[0]),
    };
  }

  #monthAt(atMs: number): Period {
    return monthOf(atMs, this.#options.timeZone);
  }
}

/** Replies of the ledger come in order: what is counted after its answer is not in its sums, what was before is. */
async function loadMonth(ledger: Ledger, { aggregate, budgets }: Sums, month: Period): Promise<void> {
  const totals = await ledger.totalsBetween(month.startMs, month.endMs);
  aggregate.loadMonth(month, totals);
  budgets.load(
    month,
    totals.map(({ dimensions, costs }) => ({
      tenantId: dimensions.tenant_id,
      costNanoUsd: costs.reduce((sum, cost) => sum + cost, 0),
    })),
  );
}
