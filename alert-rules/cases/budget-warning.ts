import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import {
  budgetSeries,
  ORGANIZATION,
  spentFiring,
  TEAM_TOKENS,
  TENANT_ACME,
  tokenSeries,
  tokensFiring,
} from './budget.ts';

export function budgetWarningCases({
  budget_warning_ratio: limitRatio,
}: AlertThresholds): readonly RuleCase[] {
  const used = (ratio: number) => ({ limit: 1000, spent: 1000 * ratio, ratio });
  const firing = (budget: typeof TENANT_ACME, ratio: number) =>
    spentFiring(budget, used(ratio), 'nearly spent');
  const above = limitRatio * 1.05;
  return [
    {
      kind: 'fires',
      name: 'after five minutes, for the organisation, a tenant and tokens of a team, and goes on above the whole budget',
      input: 'minutes',
      series: {
        ...budgetSeries(ORGANIZATION, used(above), 20),
        ...budgetSeries(TENANT_ACME, used(limitRatio * 2), 20),
        ...tokenSeries(TEAM_TOKENS, limitRatio * 1.25, 20),
      },
      expect: [
        { atSeconds: 4 * MINUTE, firing: [] },
        {
          atSeconds: 5 * MINUTE,
          firing: [
            firing(ORGANIZATION, above),
            firing(TENANT_ACME, limitRatio * 2),
            tokensFiring(limitRatio * 1.25, 'nearly spent'),
          ],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'below the warning',
      input: 'minutes',
      series: budgetSeries(TENANT_ACME, used(limitRatio * 0.95), 40),
      expect: [{ atSeconds: 39 * MINUTE, firing: [] }],
    },
    {
      kind: 'boundary',
      name: 'exactly the warning ratio does not warn',
      input: 'recorded',
      series: {
        ...budgetSeries(ORGANIZATION, used(limitRatio), 30),
        ...budgetSeries(TENANT_ACME, used(limitRatio + 0.0001), 30),
      },
      expect: [{ atSeconds: 20 * MINUTE, firing: [firing(TENANT_ACME, limitRatio + 0.0001)] }],
    },
  ];
}
