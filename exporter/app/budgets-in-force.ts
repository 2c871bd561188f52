import { join } from 'node:path';
import { budgetDefinition, budgetDefinitions } from '../budgets/budget-definitions.ts';
import { readJournal } from '../budgets/budget-journal.ts';
import { readBudget } from '../config/read-budget.ts';
import type { Config } from '../config/schema.ts';
import type { BudgetDefinition } from '../domain/budget.ts';

/**
 * The budgets of the configuration, then those that were set through the API of the exporter with that data directory, as
 * they are now; read beside it. Throws CodedError `budgets_unreadable`, and ConfigError.
 */
export async function budgetsInForce(config: Config): Promise<BudgetDefinition[]> {
  const definitions = budgetDefinitions(config.budgets, config.time_zone);
  const names = new Set(definitions.map(({ name }) => name));
  const { settings } = await readJournal({
    path: join(config.data_dir, 'budgets.jsonl'),
    parse: readBudget,
  });
  const set = [...settings].filter(([name]) => !names.has(name));
  return [
    ...definitions,
    ...set.map(([name, body]) => budgetDefinition({ name, ...body }, config.time_zone)),
  ];
}
