import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat } from '../lib/values.ts';
import { budgetLabels, budgetName, ORGANIZATION, percentage, TEAM_TOKENS, TENANT_ACME } from './budget.ts';

const COUNT = 100;

type Labels = Readonly<Record<string, string>>;

export function forecastOverBudgetCases({ forecast_ratio: tolerated }: AlertThresholds): readonly RuleCase[] {
  const forecast = (target: Labels, ratio: number | string, quantile = '0.5') => ({
    [scraped('llm_budget_forecast_ratio', { ...target, quantile })]:
      typeof ratio === 'string' ? ratio : flat(ratio, COUNT),
  });
  const inUsd = (target: Labels, ratio: number | string, quantile?: string) => ({
    [scraped('llm_budget_limit_usd', target)]: flat(1000, COUNT),
    ...forecast(target, ratio, quantile),
  });
  const firing = (budget: typeof TENANT_ACME, ratio: number, limit: string, period = 'month') => ({
    labels: budgetLabels(budget),
    summary: `Budget ${budgetName(budget)} is on course to be overspent`,
    description: `${percentage(ratio)} of ${limit} expected by the end of the ${period}.`,
  });
  return [
    {
      kind: 'fires',
      name: 'after a quarter of an hour, in any unit, once for two replicas, each budget against its own limit',
      input: 'minutes',
      series: {
        ...inUsd(TENANT_ACME, tolerated + 0.2),
        ...inUsd({ ...TENANT_ACME, instance: 'exporter-2:10464' }, tolerated + 0.2),
        ...inUsd(ORGANIZATION, 0.5),
        [scraped('llm_budget_quota_limit', { ...TEAM_TOKENS, unit: 'tokens' })]: flat(5e6, COUNT),
        ...forecast(TEAM_TOKENS, tolerated + 1),
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        {
          atSeconds: 15 * MINUTE,
          firing: [
            firing(TENANT_ACME, tolerated + 0.2, '$1000.00'),
            firing(TEAM_TOKENS, tolerated + 1, '5M tokens', 'period of 30 days'),
          ],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'without a forecast, below the limit, when only an outer quantile is above it, and for ten minutes',
      input: 'minutes',
      series: {
        [scraped('llm_budget_limit_usd', ORGANIZATION)]: flat(1000, COUNT),
        ...inUsd(TENANT_ACME, 0.9),
        ...inUsd(TENANT_ACME, tolerated * 3, '0.95'),
        ...inUsd({ ...TENANT_ACME, job: 'moment' }, `0.9x29 ${tolerated * 2}x9 0.9x60`),
      },
      expect: [40, 90].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the tolerance is tolerated',
      input: 'recorded',
      series: { ...inUsd(ORGANIZATION, tolerated), ...inUsd(TENANT_ACME, tolerated + 0.0001) },
      expect: [
        { atSeconds: HOUR + 5 * MINUTE, firing: [firing(TENANT_ACME, tolerated + 0.0001, '$1000.00')] },
      ],
    },
  ];
}
