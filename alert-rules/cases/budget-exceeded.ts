import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import {
  budgetSeries,
  ORGANIZATION,
  spentFiring,
  TEAM_TOKENS,
  TENANT_ACME,
  tokenSeries,
  tokensFiring,
} from './budget.ts';

const OVER = { limit: 1000, spent: 1250 };
const UNDER = { limit: 1000, spent: 990 };
const user = (id: string) => ({ budget: 'each-user', scope: 'user', scope_id: id });

export function budgetExceededCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'the organisation and a tenant, after five minutes, each with its own labels',
      input: 'minutes',
      series: { ...budgetSeries(ORGANIZATION, OVER, 12), ...budgetSeries(TENANT_ACME, OVER, 12) },
      expect: [
        { atSeconds: 4 * MINUTE, firing: [] },
        {
          atSeconds: 5 * MINUTE,
          firing: [spentFiring(ORGANIZATION, OVER, 'overspent'), spentFiring(TENANT_ACME, OVER, 'overspent')],
        },
      ],
    },
    {
      kind: 'fires',
      name: 'once for two replicas of a job, apart for another job, through a restart, and resolves when the limit is raised',
      input: 'minutes',
      series: {
        ...budgetSeries(TENANT_ACME, OVER, 20),
        ...budgetSeries({ ...TENANT_ACME, instance: 'exporter-2:10464' }, OVER, 20),
        [scraped('llm_budget_limit_usd', { ...TENANT_ACME, job: 'staging' })]: '1000x10 2000x9',
        [scraped('llm_budget_spent_usd', { ...TENANT_ACME, job: 'staging' })]: '1250x19',
        [scraped('llm_budget_used_ratio', { ...TENANT_ACME, job: 'staging' })]:
          '1.25x6 stale _ 1.25x1 0.625x9',
      },
      expect: [
        {
          atSeconds: 9 * MINUTE,
          firing: [
            spentFiring(TENANT_ACME, OVER, 'overspent', TARGET.job),
            spentFiring(TENANT_ACME, OVER, 'overspent', 'staging'),
          ],
        },
        { atSeconds: 18 * MINUTE, firing: [spentFiring(TENANT_ACME, OVER, 'overspent')] },
      ],
    },
    {
      kind: 'fires',
      name: 'in its own unit, over 30 days, and for the subject of a budget for each that is over it alone',
      input: 'minutes',
      series: {
        ...tokenSeries(TEAM_TOKENS, 1.25, 12),
        ...budgetSeries(user('alice'), OVER, 12),
        ...budgetSeries(user('bob'), UNDER, 12),
      },
      expect: [
        {
          atSeconds: 10 * MINUTE,
          firing: [tokensFiring(1.25, 'overspent'), spentFiring(user('alice'), OVER, 'overspent')],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'below the limit, without budgets in another job, and over it for four minutes only',
      input: 'minutes',
      series: {
        ...budgetSeries(ORGANIZATION, UNDER, 30),
        [scraped('llm_cost_total', { job: 'no-budgets' })]: '0+5x29',
        [scraped('llm_budget_used_ratio', TENANT_ACME)]: '0.9x9 1.1x4 0.2x15',
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        { atSeconds: 29 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'boundary',
      name: 'exactly the limit is not over it',
      input: 'recorded',
      series: {
        ...budgetSeries(ORGANIZATION, { limit: 1000, spent: 1000 }, 12),
        ...budgetSeries(TENANT_ACME, { limit: 1000, spent: 1000.1 }, 12),
      },
      expect: [
        {
          atSeconds: 10 * MINUTE,
          firing: [spentFiring(TENANT_ACME, { limit: 1000, spent: 1000.1 }, 'overspent')],
        },
      ],
    },
  ];
}
