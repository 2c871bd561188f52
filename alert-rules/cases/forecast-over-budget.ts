import { DAY, HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat, gauge } from '../lib/values.ts';
import { budgetLabels, budgetName, ORGANIZATION, percentage, TEAM_TOKENS, TENANT_ACME } from './budget.ts';

const COUNT = 200;

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
  const began = (target: Labels, seconds: number | string) => ({
    [scraped('llm_budget_period_start_timestamp_seconds', target)]:
      typeof seconds === 'string' ? seconds : flat(seconds, COUNT),
  });
  const stays = { ...TENANT_ACME, budget: 'stays' };
  const turns = { ...TENANT_ACME, budget: 'turns' };
  const goesOn = { ...TENANT_ACME, budget: 'goes-on' };
  const over = tolerated + 0.2;
  const between = (1 + tolerated) / 2;
  const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
  const at = (hours: number) => steps(hours) * STEP_SECONDS.days;
  const newPeriod = gauge([0, steps(30)], [30 * HOUR, steps(70)]);
  return [
    {
      kind: 'fires',
      name: 'once through a night below the tolerance, until it is within the limit or a day below; not into a new period',
      input: 'days',
      series: {
        ...inUsd(
          TENANT_ACME,
          gauge([over, steps(30)], [between, steps(10)], [over, steps(20)], [1, steps(40)]),
        ),
        ...began(TENANT_ACME, `0x${COUNT}`),
        ...inUsd(stays, gauge([over, steps(30)], [between, steps(70)])),
        ...began(stays, `0x${COUNT}`),
        ...inUsd(turns, gauge([over, steps(30)], [between, steps(70)])),
        ...began(turns, newPeriod),
        ...inUsd(goesOn, over),
        ...began(goesOn, newPeriod),
      },
      expect: [
        {
          atSeconds: at(29),
          firing: [TENANT_ACME, stays, turns, goesOn].map((one) => firing(one, over, '$1000.00')),
        },
        ...[32, 35, 39].map((hours) => ({
          atSeconds: at(hours),
          firing: [
            ...[TENANT_ACME, stays].map((one) => firing(one, between, '$1000.00')),
            firing(goesOn, over, '$1000.00'),
          ],
        })),
        {
          atSeconds: at(52),
          firing: [
            firing(TENANT_ACME, over, '$1000.00'),
            firing(stays, between, '$1000.00'),
            firing(goesOn, over, '$1000.00'),
          ],
        },
        { atSeconds: at(63), firing: [firing(goesOn, over, '$1000.00')] },
      ],
    },
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
      name: 'without a forecast, below the limit, when only an outer quantile is above it, and for ten minutes in a period of a day or more',
      input: 'minutes',
      series: {
        [scraped('llm_budget_limit_usd', ORGANIZATION)]: flat(1000, COUNT),
        ...inUsd(TENANT_ACME, 0.9),
        ...inUsd(TENANT_ACME, tolerated * 3, '0.95'),
        ...inUsd({ ...TENANT_ACME, job: 'moment' }, `0.9x29 ${tolerated * 2}x9 0.9x60`),
        ...inUsd({ ...TENANT_ACME, job: 'tolerated' }, `${between}x29 ${tolerated * 2}x9 ${between}x60`),
        ...began({ ...TENANT_ACME, job: 'tolerated' }, -2 * DAY),
      },
      expect: [40, 90].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the tolerance is tolerated, and exactly the limit ends it',
      input: 'recorded',
      series: {
        ...inUsd(ORGANIZATION, tolerated),
        ...inUsd(TENANT_ACME, tolerated + 0.0001),
        ...inUsd(turns, `${over}x39 1x59`),
        ...began(turns, -2 * DAY),
        ...inUsd(stays, `${over}x39 1.001x59`),
        ...began(stays, -2 * DAY),
      },
      expect: [
        {
          atSeconds: HOUR + 5 * MINUTE,
          firing: [firing(TENANT_ACME, tolerated + 0.0001, '$1000.00'), firing(stays, 1.001, '$1000.00')],
        },
      ],
    },
  ];
}
