import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat } from '../lib/values.ts';
import { budgetLabels, ORGANIZATION, TENANT_ACME } from './budget.ts';

const LIMIT = 1000;

export function forecastOverBudgetCases({ forecast_ratio }: AlertThresholds): readonly RuleCase[] {
  const tolerated = forecast_ratio * LIMIT;
  const series = (target: Record<string, string>, forecast: number, quantile = '0.5') => ({
    [scraped('llm_budget_limit_usd', target)]: flat(LIMIT, 100),
    [scraped('llm_budget_forecast_usd', { ...target, quantile })]: flat(forecast, 100),
  });
  const firing = (budget: typeof TENANT_ACME, forecast: number) => ({
    labels: budgetLabels(budget),
    summary: `Budget ${budget.budget} is on course to be overspent`,
    description: `$${forecast.toFixed(2)} expected by the end of the month, against a limit of $${LIMIT.toFixed(2)}.`,
  });
  return [
    {
      kind: 'fires',
      name: 'after an hour, once for two replicas, each budget against its own limit',
      input: 'minutes',
      series: {
        ...series(TENANT_ACME, tolerated + 200),
        ...series({ ...TENANT_ACME, instance: 'exporter-2:10464' }, tolerated + 200),
        ...series(ORGANIZATION, LIMIT / 2),
      },
      expect: [
        { atSeconds: 59 * MINUTE, firing: [] },
        { atSeconds: 60 * MINUTE, firing: [firing(TENANT_ACME, tolerated + 200)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'without a forecast, below the limit, and when only an outer quantile is above it',
      input: 'minutes',
      series: {
        [scraped('llm_budget_limit_usd', ORGANIZATION)]: flat(LIMIT, 100),
        ...series(TENANT_ACME, LIMIT * 0.9),
        ...series(TENANT_ACME, tolerated * 3, '0.95'),
      },
      expect: [{ atSeconds: 90 * MINUTE, firing: [] }],
    },
    {
      kind: 'boundary',
      name: 'exactly the tolerance is tolerated',
      input: 'recorded',
      series: { ...series(ORGANIZATION, tolerated), ...series(TENANT_ACME, tolerated + 0.01) },
      expect: [{ atSeconds: HOUR + 5 * MINUTE, firing: [firing(TENANT_ACME, tolerated + 0.01)] }],
    },
  ];
}
