import { truncate } from 'node:fs/promises';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { appendDurably, fileSize, linesOf } from './json-lines.ts';

/** Who asked for a change, as far as we were told. */
export interface Author {
  readonly user?: string | undefined;
  readonly address: string;
}

/** One change of one budget. `before` is null where there was none, `after` where there is none any more. */
export interface JournalEntry<Settings> {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: Author;
  readonly action: 'put' | 'delete';
  readonly name: string;
  readonly before: Settings | null;
  readonly after: Settings | null;
}

export interface JournalOptions<Settings> {
  /** The file. Its directory must be there. */
  readonly path: string;
  /** Budgets at a time. */
  readonly budgets: number;
  /** Checks what a file says; throws an error whose message says what is wrong. */
  readonly parse: (settings: unknown) => Settings;
  readonly log: Log;
}

interface Change {
  readonly name: string;
  readonly by: Author;
  readonly nowMs: number;
}

const MAX_LINE_BYTES = 256 * 1024;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Budgets that were set through the API, and who set them: an append-only file with a change a line, whose replay is
 * what is in force. A change is in force, and told to the caller, once it is on the disk. One process at a time.
 */
export class BudgetJournal<Settings> {
  readonly #options: JournalOptions<Settings>;
  readonly #settings: Map<string, Settings>;
  /** Of whole lines. What the file has beyond is what is left of a write that failed. */
  #bytes: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: JournalOptions<Settings>, replayed: Replay<Settings>) {
    this.#options = options;
    this.#settings = replayed.settings;
    this.#bytes = replayed.bytes;
  }

  /**
   * Replays the file; none is an empty one. A last line without its end was never acknowledged: it is cut off, with a
   * warning. Throws `budgets_unreadable` on any other line that is wrong, with file and line, or a file that cannot be
   * read.
   */
  static async open<Settings>(options: JournalOptions<Settings>): Promise<BudgetJournal<Settings>> {
    const { path, log } = options;
    const replayed = await readJournal(options).catch((error: Error) => {
      throw error instanceof CodedError ? error : unreadable(`${path}: ${error.message}`);
    });
    const torn = replayed.fileBytes - replayed.bytes;
    if (torn > 0) {
      log.warn('the last line of the budgets file was not written to its end and is dropped', {
        file: path,
        bytes: torn,
      });
      await truncate(path, replayed.bytes).catch((error: Error) => {
        throw unreadable(`${path}: what is left of a write cannot be cut off: ${error.message}`);
      });
    }
    return new BudgetJournal(options, replayed);
  }

  /** In force, by name, in the order in which they were first set. */
  get settings(): ReadonlyMap<string, Settings> {
    return this.#settings;
  }

  /** Resolves on disk, with what was in force before. Throws `too_many_budgets` and what `delete` throws. */
  put(change: Change, settings: Settings): Promise<Settings | undefined> {
    return this.#inTurn(async () => {
      const before = this.#settings.get(change.name);
      if (before === undefined && this.#settings.size >= this.#options.budgets) {
        const { budgets } = this.#options;
        throw new CodedError(
          'too_many_budgets',
          `there are ${budgets} budgets, expected no more; delete one`,
        );
      }
      await this.#append({ ...entryOf(change, 'put'), before: before ?? null, after: settings });
      this.#settings.set(change.name, settings);
      return before;
    });
  }

  /**
   * Resolves on disk, with what was in force; undefined if there was none. Throws `budgets_unavailable` where the file
   * cannot be written, and `budget_journal_full`; then nothing has changed.
   */
  delete(change: Change): Promise<Settings | undefined> {
    return this.#inTurn(async () => {
      const before = this.#settings.get(change.name);
      if (before === undefined) return undefined;
      await this.#append({ ...entryOf(change, 'delete'), before, after: null });
      this.#settings.delete(change.name);
      return before;
    });
  }

  /** The latest changes, of one budget or of all, newest first. Reads the file. */
  async history(limit: number, name?: string): Promise<JournalEntry<Settings>[]> {
    const found: JournalEntry<Settings>[] = [];
    const { path } = this.#options;
    for await (const { text } of linesOf(path, this.#bytes, MAX_LINE_BYTES)) {
      const entry = JSON.parse(text) as JournalEntry<Settings>;
      if (name !== undefined && entry.name !== name) continue;
      found.push(entry);
      if (found.length > 2 * limit) found.splice(0, limit);
    }
    return found.reverse().slice(0, limit);
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #append(entry: JournalEntry<Settings>): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    const { path } = this.#options;
    if (line.length > MAX_LINE_BYTES)
      throw new CodedError(
        'budget_journal_full',
        `the change takes ${line.length} bytes, expected at most ${MAX_LINE_BYTES}`,
      );
    if (this.#bytes + line.length > MAX_FILE_BYTES) {
      const message = `${path} has ${this.#bytes} bytes of changes, expected at most ${MAX_FILE_BYTES}`;
      throw new CodedError(
        'budget_journal_full',
        `${message}; keep a copy and leave the last line of each budget`,
      );
    }
    try {
      await appendDurably(path, this.#bytes, line);
    } catch (error) {
      const message = `${path} cannot be written: ${(error as Error).message}; nothing has changed`;
      throw new CodedError('budgets_unavailable', message, { cause: error });
    }
    this.#bytes += line.length;
  }
}

function entryOf({ name, by, nowMs }: Change, action: 'put' | 'delete') {
  return { at: new Date(nowMs).toISOString(), by, action, name } as const;
}

export interface Replay<Settings> {
  /** In force, by name. */
  readonly settings: Map<string, Settings>;
  /** Of whole lines. */
  readonly bytes: number;
  readonly fileBytes: number;
}

/** What the file says, read without touching it; none is an empty one. Throws `budgets_unreadable`, or what reading does. */
export async function readJournal<Settings>({
  path,
  parse,
}: Pick<JournalOptions<Settings>, 'path' | 'parse'>): Promise<Replay<Settings>> {
  const fileBytes = await fileSize(path);
  const inForce = new Map<string, { readonly after: unknown; readonly line: number }>();
  let bytes = 0;
  for await (const { text, number, endBytes } of linesOf(path, fileBytes, MAX_LINE_BYTES)) {
    const { action, name, after } = changeIn(text, `${path}:${number}`);
    if (action === 'put') inForce.set(name, { after, line: number });
    else inForce.delete(name);
    bytes = endBytes;
  }
  const settings = new Map<string, Settings>();
  for (const [name, { after, line }] of inForce) {
    try {
      settings.set(name, parse(after));
    } catch (error) {
      throw unreadable(`${path}:${line}: after: ${(error as Error).message}`);
    }
  }
  return { settings, bytes, fileBytes };
}

function changeIn(text: string, where: string): Pick<JournalEntry<unknown>, 'action' | 'name' | 'after'> {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    throw unreadable(`${where}: not JSON, expected one change of a budget a line`);
  }
  const { action, name, after } = (entry ?? {}) as Partial<JournalEntry<unknown>>;
  if (typeof name !== 'string')
    throw unreadable(`${where}: name: expected text, got ${JSON.stringify(name)}`);
  if (action !== 'put' && action !== 'delete')
    throw unreadable(`${where}: action: expected put or delete, got ${JSON.stringify(action)}`);
  return { action, name, after };
}

function unreadable(message: string): CodedError {
  return new CodedError('budgets_unreadable', message);
}
