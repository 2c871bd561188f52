import { join } from 'node:path';
import { budgetDefinition, budgetDefinitions } from '../budgets/budget-definitions.ts';
import type { JournalEntry } from '../budgets/budget-journal.ts';
import { fileSize, linesOf } from '../budgets/json-lines.ts';
import { readBudget } from '../config/read-budget.ts';
import type { Config } from '../config/schema.ts';
import type { BudgetDefinition } from '../domain/budget.ts';
import { CodedError } from '../domain/errors.ts';

const LINE_BYTES = 256 * 1024;

/**
 * The budgets of the configuration, then those that were set through the API of the exporter with that data directory, as
 * they are now; read beside it. Throws CodedError `budgets_unreadable`, and ConfigError.
 */
export async function budgetsInForce(config: Config): Promise<BudgetDefinition[]> {
  const definitions = budgetDefinitions(config.budgets, config.time_zone);
  const names = new Set(definitions.map(({ name }) => name));
  const path = join(config.data_dir, 'budgets.jsonl');
  const set = new Map<string, BudgetDefinition>();
  let line = 0;
  try {
    for await (const { text, number } of linesOf(path, await fileSize(path), LINE_BYTES)) {
      line = number;
      const { action, name, after } = JSON.parse(text) as JournalEntry<unknown>;
      if (action === 'delete') set.delete(name);
      else set.set(name, budgetDefinition({ name, ...readBudget(after) }, config.time_zone));
    }
  } catch (error) {
    throw new CodedError('budgets_unreadable', `${path}:${line}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return [...definitions, ...[...set.values()].filter(({ name }) => !names.has(name))];
}
