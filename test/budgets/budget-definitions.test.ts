import { describe, expect, it } from 'vitest';
import { budgetDefinitions } from '../../exporter/budgets/budget-definitions.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { ConfigError } from '../../exporter/domain/errors.ts';

describe('budgetDefinitions', () => {
  it('names the organisation first, then the tenants in order', () => {
    const { budgets } = configSchema.parse({
      budgets: { monthly_usd: 1000, tenants: { zeta: { monthly_usd: 0.5 }, acme: { monthly_usd: 20 } } },
    });
    expect(budgetDefinitions(budgets)).toEqual([
      { name: 'organization', scope: 'organization', scopeId: '', period: 'month', limitNanoUsd: 1e12 },
      { name: 'tenant:zeta', scope: 'tenant', scopeId: 'zeta', period: 'month', limitNanoUsd: 5e8 },
      { name: 'tenant:acme', scope: 'tenant', scopeId: 'acme', period: 'month', limitNanoUsd: 2e10 },
    ]);
  });

  it('defines nothing by default', () => {
    expect(budgetDefinitions(configSchema.parse({}).budgets)).toEqual([]);
  });

  it('keeps a tenant named like the organisation apart', () => {
    const names = budgetDefinitions({ monthly_usd: 1, tenants: { organization: { monthly_usd: 1 } } }).map(
      (definition) => definition.name,
    );
    expect(names).toEqual(['organization', 'tenant:organization']);
  });

  it('reports every limit that is too small to be money', () => {
    const attempt = () => budgetDefinitions({ monthly_usd: 1e-10, tenants: { acme: { monthly_usd: 0 } } });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      'budgets.monthly_usd: got 1e-10, expected at least 1e-9 USD\n' +
        'budgets.tenants.acme.monthly_usd: got 0, expected at least 1e-9 USD',
    );
  });
});
