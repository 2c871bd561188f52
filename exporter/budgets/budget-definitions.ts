import type { BudgetDefinition } from '../domain/budget.ts';
import { ConfigError } from '../domain/errors.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';

/** The `budgets` section of the configuration. */
export interface BudgetSettings {
  readonly monthly_usd?: number | undefined;
  readonly tenants: Readonly<Record<string, { readonly monthly_usd: number }>>;
}

/**
 * The organisation's budget, named `organization`, then one per tenant in the order of the file, named `tenant:<id>`.
 * Throws ConfigError on limits that are not at least one nano-USD.
 */
export function budgetDefinitions(settings: BudgetSettings): BudgetDefinition[] {
  const problems: string[] = [];
  const definitions: BudgetDefinition[] = [];

  const add = (scope: BudgetDefinition['scope'], scopeId: string, usd: number, path: string) => {
    const limitNanoUsd = nanoUsdFromUsd(usd);
    if (!(limitNanoUsd >= 1)) {
      problems.push(`${path}: got ${usd}, expected at least 1e-9 USD`);
      return;
    }
    const name = scope === 'organization' ? scope : `${scope}:${scopeId}`;
    definitions.push(Object.freeze({ name, scope, scopeId, period: 'month', limitNanoUsd }));
  };

  if (settings.monthly_usd !== undefined) {
    add('organization', '', settings.monthly_usd, 'budgets.monthly_usd');
  }
  for (const [tenantId, { monthly_usd }] of Object.entries(settings.tenants)) {
    add('tenant', tenantId, monthly_usd, `budgets.tenants.${tenantId}.monthly_usd`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return definitions;
}
