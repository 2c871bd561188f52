import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
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

const TENANT_GLOBEX = { budget: 'tenant:globex', scope: 'tenant', scope_id: 'globex' };
const LIMIT = 1000;
const COUNT = 40;

/** The label of a threshold. */
const percent = (ratio: number) => String(ratio * 100);

export function budgetThresholdReachedCases({
  budget_warning_ratio: warning,
}: AlertThresholds): readonly RuleCase[] {
  /** Without those that BudgetWarning and BudgetExceeded speak for. */
  const told = (...ratios: readonly number[]) => ratios.filter((ratio) => ratio !== warning && ratio !== 1);
  const ours = warning === 0.9 ? 0.8 : 0.9;
  const thresholds = (target: Readonly<Record<string, string>>, ...ratios: readonly number[]) =>
    Object.fromEntries(
      ratios.map((ratio) => [
        scraped('llm_budget_threshold_ratio', { ...target, threshold: percent(ratio) }),
        flat(ratio, COUNT),
      ]),
    );
  const used = (target: Readonly<Record<string, string>>, ratio: number) =>
    budgetSeries(target, { limit: LIMIT, spent: LIMIT * ratio, ratio }, COUNT);
  const firing = (budget: Budget, threshold: number, ratio: number, words?: string) => ({
    labels: { ...budgetLabels(budget), threshold: percent(threshold) },
    summary: `Budget ${budgetName(budget)} has reached ${percent(threshold)} % of its limit`,
    description: `${words ?? `$${(LIMIT * ratio).toFixed(2)} of $${LIMIT.toFixed(2)} spent this month`} (${percentage(ratio)}).`,
  });
  const ofTokens = (threshold: number, ratio: number) =>
    firing(TEAM_TOKENS, threshold, ratio, `${tokensUsed(ratio)} used this period of 30 days`);
  const replica = { instance: 'exporter-2:10464' };
  return [
    {
      kind: 'fires',
      name: 'one alert for each threshold that is reached and its own, once for two replicas, in any unit',
      input: 'minutes',
      series: {
        ...used(TENANT_ACME, 0.95),
        ...thresholds(TENANT_ACME, 0.5, 0.8, 0.9, 1),
        ...used({ ...TENANT_ACME, ...replica }, 0.95),
        ...thresholds({ ...TENANT_ACME, ...replica }, 0.5, 0.8, 0.9, 1),
        ...tokenSeries(TEAM_TOKENS, 0.5, COUNT),
        ...thresholds(TEAM_TOKENS, 0.25, 0.75),
      },
      expect: [
        { atSeconds: 9 * MINUTE, firing: [] },
        {
          atSeconds: 10 * MINUTE,
          firing: [
            ...told(0.5, 0.8, 0.9).map((ratio) => firing(TENANT_ACME, ratio, 0.95)),
            ...told(0.25).map((ratio) => ofTokens(ratio, 0.5)),
          ],
        },
      ],
    },
    {
      kind: 'fires',
      name: 'through a restart that leaves the budget unknown for minutes, and ends with the period',
      input: 'minutes',
      series: {
        ...thresholds(TENANT_ACME, ours),
        [scraped('llm_budget_limit_usd', TENANT_ACME)]: flat(LIMIT, COUNT),
        [scraped('llm_budget_spent_usd', TENANT_ACME)]: '950x14 _x5 950x4 0x14',
        [scraped('llm_budget_used_ratio', TENANT_ACME)]: '0.95x14 _x5 0.95x4 0x14',
      },
      expect: [
        { atSeconds: 24 * MINUTE, firing: [firing(TENANT_ACME, ours, 0.95)] },
        { atSeconds: 38 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'quiet',
      name: 'below the first, of another budget, without thresholds, where the use is unknown, and where another alert speaks',
      input: 'minutes',
      series: {
        ...used(ORGANIZATION, 0.4),
        ...thresholds(ORGANIZATION, 0.5),
        ...used(TENANT_ACME, 2),
        ...thresholds(TEAM_TOKENS, 0.5),
        ...used(TENANT_GLOBEX, 2),
        ...thresholds(TENANT_GLOBEX, warning, 1),
      },
      expect: [{ atSeconds: 39 * MINUTE, firing: [] }],
    },
    {
      kind: 'boundary',
      name: 'exactly the threshold is reached, a little less is not; the warning and the limit are not its own, beyond is',
      input: 'recorded',
      series: {
        ...used(TENANT_ACME, ours),
        ...thresholds(TENANT_ACME, ours),
        ...used(ORGANIZATION, ours - 0.0001),
        ...thresholds(ORGANIZATION, ours),
        ...tokenSeries(TEAM_TOKENS, 1.25, COUNT),
        ...thresholds(TEAM_TOKENS, 0.8, 0.9, 1, 1.25),
      },
      expect: [
        {
          atSeconds: 30 * MINUTE,
          firing: [
            firing(TENANT_ACME, ours, ours),
            ...told(0.8, 0.9, 1.25).map((ratio) => ofTokens(ratio, 1.25)),
          ],
        },
      ],
    },
  ];
}
