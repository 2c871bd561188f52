import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import { flat } from '../lib/values.ts';
import {
  budgetLabels,
  budgetName,
  budgetSeries,
  ORGANIZATION,
  percentage,
  TEAM_TOKENS,
  TENANT_ACME,
  tokenSeries,
  tokensUsed,
} from './budget.ts';

type Budget = typeof TENANT_ACME;

const LIMIT = 1000;
const COUNT = 40;

/** The label of a threshold. */
const percent = (ratio: number) => String(ratio * 100);

export function budgetThresholdReachedCases(): readonly RuleCase[] {
  const thresholds = (target: Readonly<Record<string, string>>, ...ratios: readonly number[]) =>
    Object.fromEntries(
      ratios.map((ratio) => [
        scraped('llm_budget_threshold_ratio', { ...target, threshold: percent(ratio) }),
        flat(ratio, COUNT),
      ]),
    );
  const used = (target: Readonly<Record<string, string>>, ratio: number) =>
    budgetSeries(target, { limit: LIMIT, spent: LIMIT * ratio, ratio }, COUNT);
  const firing = (budget: Budget, threshold: string, ratio: number, words?: string) => ({
    labels: { ...budgetLabels(budget), threshold },
    summary: `Budget ${budgetName(budget)} has reached ${threshold} % of its limit`,
    description: `${words ?? `$${(LIMIT * ratio).toFixed(2)} of $${LIMIT.toFixed(2)} spent this month`} (${percentage(ratio)}).`,
  });
  const replica = { instance: 'exporter-2:10464' };
  return [
    {
      kind: 'fires',
      name: 'one alert for each threshold that is reached, once for two replicas, in any unit',
      input: 'minutes',
      series: {
        ...used(TENANT_ACME, 0.85),
        ...thresholds(TENANT_ACME, 0.5, 0.8, 0.9, 1),
        ...used({ ...TENANT_ACME, ...replica }, 0.85),
        ...thresholds({ ...TENANT_ACME, ...replica }, 0.5, 0.8, 0.9, 1),
        ...tokenSeries(TEAM_TOKENS, 0.5, COUNT),
        ...thresholds(TEAM_TOKENS, 0.25, 0.75),
      },
      expect: [
        { atSeconds: 9 * MINUTE, firing: [] },
        {
          atSeconds: 10 * MINUTE,
          firing: [
            firing(TENANT_ACME, '50', 0.85),
            firing(TENANT_ACME, '80', 0.85),
            firing(TEAM_TOKENS, '25', 0.5, `${tokensUsed(0.5)} used this period of 30 days`),
          ],
        },
      ],
    },
    {
      kind: 'fires',
      name: 'through a restart that leaves the budget unknown for minutes, and ends with the period',
      input: 'minutes',
      series: {
        ...thresholds(TENANT_ACME, 0.5),
        [scraped('llm_budget_limit_usd', TENANT_ACME)]: flat(LIMIT, COUNT),
        [scraped('llm_budget_spent_usd', TENANT_ACME)]: '750x14 _x5 750x4 0x14',
        [scraped('llm_budget_used_ratio', TENANT_ACME)]: '0.75x14 _x5 0.75x4 0x14',
      },
      expect: [
        { atSeconds: 24 * MINUTE, firing: [firing(TENANT_ACME, '50', 0.75)] },
        { atSeconds: 38 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'quiet',
      name: 'below the first, of another budget, without thresholds, and where the use is unknown',
      input: 'minutes',
      series: {
        ...used(ORGANIZATION, 0.4),
        ...thresholds(ORGANIZATION, 0.5),
        ...used(TENANT_ACME, 2),
        ...thresholds(TEAM_TOKENS, 0.5),
      },
      expect: [{ atSeconds: 39 * MINUTE, firing: [] }],
    },
    {
      kind: 'boundary',
      name: 'exactly the threshold is reached, a little less is not',
      input: 'recorded',
      series: {
        ...used(TENANT_ACME, 0.8),
        ...thresholds(TENANT_ACME, 0.8),
        ...used(ORGANIZATION, 0.7999),
        ...thresholds(ORGANIZATION, 0.8),
      },
      expect: [{ atSeconds: 30 * MINUTE, firing: [firing(TENANT_ACME, '80', 0.8)] }],
    },
  ];
}
