import type { BudgetBook, PathOf } from '../budgets/budget-book.ts';
import {
  type BudgetSection,
  type BudgetSettings,
  budgetDefinition,
  budgetSettingsOf,
} from '../budgets/budget-definitions.ts';
import { type Author, BudgetJournal, type JournalEntry } from '../budgets/budget-journal.ts';
import type { BudgetBody } from '../config/budget.ts';
import { readBudget, readBudgetName } from '../config/read-budget.ts';
import type { BudgetDefinition, BudgetStatus, SubjectCounts } from '../domain/budget.ts';
import { CodedError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { textOf } from '../ingest/body-text.ts';
import { documentOf } from '../ingest/usage-body.ts';

/** How many budgets can be set through the API at a time. */
const BUDGETS = 1000;

/** A budget with where it is set. */
export interface KeptBudget {
  readonly settings: BudgetSettings;
  readonly managedBy: 'file' | 'api';
  readonly definition: BudgetDefinition;
}

/** A budget as it is now; of one for each of something the number of its subjects takes the place of the status. */
export interface BudgetState extends KeptBudget {
  /** Undefined while the spend is not known. */
  readonly status: BudgetStatus | undefined;
  readonly subjects: SubjectCounts | undefined;
}

export type BudgetChange = JournalEntry<BudgetBody>;

export interface BudgetDeskOptions {
  /** Where budgets that are set through the API are kept. */
  readonly path: string;
  readonly section: BudgetSection;
  readonly timeZone: string;
  /** Puts the definitions in force; resolves when what was spent of them is known, or could not be read. */
  readonly define: (definitions: readonly BudgetDefinition[]) => Promise<void>;
  readonly book: () => BudgetBook;
  readonly pathOf: PathOf;
  readonly ports: Ports;
}

/**
 * All budgets by name: those of the configuration file, then those that were set through the API. The file wins: what
 * it has cannot be set here, and what it gets later puts the other out of force until it is gone from the file.
 */
export class BudgetDesk {
  readonly #options: BudgetDeskOptions;
  #section: readonly BudgetSettings[];
  #kept: ReadonlyMap<string, KeptBudget>;
  #journal: BudgetJournal<BudgetBody> | undefined;
  #opening: Promise<void> | undefined;
  #failure: string | undefined;

  /** Throws ConfigError. Only the budgets of the file are in force until it is open. */
  constructor(options: BudgetDeskOptions) {
    this.#options = options;
    this.#section = budgetSettingsOf(options.section);
    this.#kept = this.#all();
  }

  /** Why it could not be opened. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Reads what was set through the API, once; to be called by who has the directory. Throws `budgets_unreadable`. */
  open(): Promise<void> {
    this.#opening ??= this.#open().catch((error: Error) => {
      this.#opening = undefined;
      this.#failure = error.message;
      throw error;
    });
    return this.#opening;
  }

  /** With the budgets of a configuration read anew. Throws ConfigError; then nothing has changed. */
  reload(section: BudgetSection): Promise<void> {
    this.#section = budgetSettingsOf(section);
    this.#warnOfHidden();
    return this.#putInForce();
  }

  /** In the order of the file, then of the API. Throws `budgets_unavailable`. */
  list(): BudgetState[] {
    this.#opened();
    const { book, pathOf, ports } = this.#options;
    const nowMs = ports.now();
    const statuses = new Map(
      book()
        .statuses(nowMs, pathOf)
        .flatMap((status) => (status.subject === undefined ? [[status.definition.name, status]] : [])),
    );
    const subjects = new Map(
      book()
        .subjectCounts(nowMs)
        .map((counts) => [counts.budget, counts]),
    );
    return [...this.#kept].map(([name, kept]) => ({
      ...kept,
      status: statuses.get(name),
      subjects: subjects.get(name),
    }));
  }

  /** Throws `budget_not_found` and `budgets_unavailable`. */
  get(name: string): BudgetState {
    const state = this.list().find(({ settings }) => settings.name === name);
    if (!state) throw notFound(name);
    return state;
  }

  /**
   * With the settings that the body has, in JSON. Resolves when they are on the disk and in force. Throws
   * `invalid_json`, `invalid_request`, `budget_in_file`, `too_many_budgets`, `budgets_unavailable`.
   */
  async put(name: string, body: Buffer, by: Author): Promise<{ isNew: boolean; state: BudgetState }> {
    readBudgetName(name);
    this.#refuseOfFile(name);
    const settings = readBudget(documentOf(textOf(body)));
    const before = await this.#opened().put({ name, by, nowMs: this.#options.ports.now() }, settings);
    await this.#putInForce();
    return { isNew: before === undefined, state: this.get(name) };
  }

  /** Resolves when that is on the disk and in force. Throws `budget_not_found`, `budget_in_file`, `budgets_unavailable`. */
  async delete(name: string, by: Author): Promise<void> {
    this.#refuseOfFile(name);
    const before = await this.#opened().delete({ name, by, nowMs: this.#options.ports.now() });
    if (before === undefined) throw notFound(name);
    await this.#putInForce();
  }

  /**
   * How many subjects a budget for each of something has, and of them `count`, the largest share of the limit first.
   * Throws `budget_not_found`, `invalid_request`, `budgets_unavailable`.
   */
  subjects(name: string, count: number): { readonly total: number; readonly statuses: BudgetStatus[] } {
    this.#opened();
    const kept = this.#kept.get(name);
    if (!kept) throw notFound(name);
    if (kept.definition.each === undefined)
      throw new CodedError('invalid_request', `${name} has no subjects: it is not for each of something`);
    const nowMs = this.#options.ports.now();
    const book = this.#options.book();
    const counts = book.subjectCounts(nowMs).find(({ budget }) => budget === name);
    if (!counts) throw new CodedError('budgets_unavailable', `what was spent of ${name} is not known yet`);
    return { total: counts.subjects, statuses: book.subjects(name, nowMs, count) };
  }

  /** What was changed through the API, newest first. Throws `budget_not_found` for a name that never was. */
  async history(limit: number, name?: string): Promise<BudgetChange[]> {
    const changes = await this.#opened().history(limit, name);
    if (name !== undefined && changes.length === 0 && !this.#kept.has(name)) throw notFound(name);
    return changes;
  }

  async #open(): Promise<void> {
    const { path, ports } = this.#options;
    this.#journal = await BudgetJournal.open({ path, budgets: BUDGETS, parse: readBudget, log: ports.log });
    this.#failure = undefined;
    this.#warnOfHidden();
    await this.#putInForce();
  }

  #opened(): BudgetJournal<BudgetBody> {
    if (this.#journal) return this.#journal;
    const reason = this.#failure ?? 'the ledger is not open';
    throw new CodedError('budgets_unavailable', `budgets that were set here are not read yet: ${reason}`);
  }

  #putInForce(): Promise<void> {
    this.#kept = this.#all();
    return this.#options.define([...this.#kept.values()].map(({ definition }) => definition));
  }

  #all(): Map<string, KeptBudget> {
    const all = new Map<string, KeptBudget>();
    const add = (settings: BudgetSettings, managedBy: KeptBudget['managedBy']) => {
      const definition = budgetDefinition(settings, this.#options.timeZone);
      all.set(settings.name, { settings, managedBy, definition });
    };
    for (const settings of this.#section) add(settings, 'file');
    for (const [name, body] of this.#journal?.settings ?? []) {
      if (!all.has(name)) add({ name, ...body }, 'api');
    }
    return all;
  }

  #warnOfHidden(): void {
    for (const { name } of this.#section) {
      if (!this.#journal?.settings.has(name)) continue;
      this.#options.ports.log.warn('the file has a budget that was set through the API; the file counts', {
        budget: name,
      });
    }
  }

  #refuseOfFile(name: string): void {
    if (this.#kept.get(name)?.managedBy !== 'file') return;
    throw new CodedError(
      'budget_in_file',
      `${name} is set in the configuration file, expected to be changed there`,
    );
  }
}

function notFound(name: string): CodedError {
  return new CodedError('budget_not_found', `there is no budget named ${JSON.stringify(name)}`);
}
