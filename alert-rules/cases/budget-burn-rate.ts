import { HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { BUDGET_RATE, BURN, BURN_WINDOWS, type BurnWindow } from '../recording/budget-burn.ts';
import { budgetLabels, ORGANIZATION, PLAN_LIMIT_USD, planSeries, TENANT_ACME } from './budget.ts';

type Budget = Readonly<Record<string, string>> & { readonly budget: string };

const tenant = (id: string) => ({ budget: `tenant:${id}`, scope: 'tenant', scope_id: id });
const cost = (labels: Record<string, string> = {}) => scraped('llm_cost_total', labels);

const firing = (howFast: string) => (budget: Budget, burn: number, limit: string) => ({
  labels: budgetLabels(budget),
  summary: `Budget ${budget.budget} is being spent ${howFast} fast`,
  description: `Spent ${burn.toFixed(1)} times as fast as $${limit} a month allows.`,
});
const LIMIT = PLAN_LIMIT_USD.toFixed(2);
/**
 * Dollars a step of a budget of $1 an hour that burns at `rate`, in binary fractions: what promtool adds up is exact
 * then, and no rounding looks like a counter that starts again.
 */
const atRate = (rate: number, input: 'minutes' | 'days') =>
  Math.round(((rate * STEP_SECONDS[input]) / HOUR) * 65_536) / 65_536;

interface Tier {
  readonly long: BurnWindow;
  readonly short: BurnWindow;
  readonly rate: number;
}

/** One budget exactly at each limit of each tier, and one above all of them. */
function boundaryCase(
  tiers: readonly Tier[],
  minimumUsd: number,
  fires: ReturnType<typeof firing>,
): RuleCase {
  const name = (tier: Tier, what: string) => `${what}-${tier.long}`;
  const high = (tier: Tier) => tier.rate * 2;
  const tierSeries = (tier: Tier, what: string, long: number, short: number, perSecond: number) => {
    const budget = tenant(name(tier, what));
    return {
      [recorded(BURN[tier.long].record, budget)]: flat(long, 60),
      [recorded(BURN[tier.short].record, budget)]: flat(short, 60),
      [recorded(BUDGET_RATE.record, budget)]: flat(perSecond, 60),
      [scraped('llm_budget_limit_usd', budget)]: flat(PLAN_LIMIT_USD, 60),
    };
  };
  const above = (tier: Tier) => tier.rate + 0.01;
  return {
    kind: 'boundary',
    name: 'exactly the rate in either window, and exactly the least sum, do not burn',
    input: 'recorded',
    series: Object.assign(
      {},
      ...tiers.flatMap((tier) => [
        tierSeries(tier, 'long', tier.rate, high(tier), 1),
        tierSeries(tier, 'short', high(tier), tier.rate, 1),
        tierSeries(tier, 'least', 1024, 1024, minimumUsd / (BURN_WINDOWS[tier.long] * 1024)),
        tierSeries(tier, 'above', above(tier), above(tier), 1),
      ]),
    ),
    expect: [
      {
        atSeconds: 50 * MINUTE,
        firing: tiers.map((tier) => fires(tenant(name(tier, 'above')), above(tier), LIMIT)),
      },
    ],
  };
}

export function budgetBurnRateCriticalCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { burn_rate_1h: fast, burn_rate_6h: slow, budget_minimum_usd: minimum } = thresholds;
  const fires = firing('far too');
  const slower = (slow + fast) / 2;
  const replica = { instance: 'exporter-2:10464' };
  const restarting = `${counter({ steps: 70, perStep: atRate(fast, 'minutes') })} ${counter({ steps: 70, perStep: atRate(fast, 'minutes') })}`;
  return [
    {
      kind: 'fires',
      name: 'for a tenant and for the organisation above it, over replicas of which one starts again, and lets go',
      input: 'minutes',
      series: {
        ...planSeries(TENANT_ACME, 200),
        ...planSeries({ ...TENANT_ACME, ...replica }, 200),
        ...planSeries(ORGANIZATION, 200),
        [cost()]: `${counter({ steps: 141, perStep: atRate(fast, 'minutes') })} ${flat(141 * atRate(fast, 'minutes'), 60)}`,
        [cost(replica)]: `${restarting} ${flat(70 * atRate(fast, 'minutes'), 60)}`,
      },
      expect: [
        { atSeconds: 2 * MINUTE, firing: [] },
        {
          atSeconds: 65 * MINUTE,
          firing: [fires(TENANT_ACME, fast * 2, LIMIT), fires(ORGANIZATION, fast * 2, LIMIT)],
        },
        { atSeconds: 190 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'fires',
      name: 'for six hours at a rate that an hour would not mind',
      input: 'minutes',
      series: {
        ...planSeries(TENANT_ACME, 450),
        [cost()]: counter({ steps: 450, perStep: atRate(slower, 'minutes') }),
      },
      expect: [
        { atSeconds: HOUR, firing: [] },
        { atSeconds: 7 * HOUR + 25 * MINUTE, firing: [fires(TENANT_ACME, slower, LIMIT)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'spent as planned, a tenant without cost, one without a budget, cents, and a short burst',
      input: 'minutes',
      series: {
        ...planSeries({ ...ORGANIZATION, job: 'even' }, 200),
        ...planSeries({ ...ORGANIZATION, job: 'silent' }, 200),
        ...planSeries(tenant('silent'), 200),
        ...planSeries(tenant('even'), 200),
        ...planSeries(tenant('burst'), 200),
        [cost({ job: 'even' })]: counter({ steps: 200, perStep: atRate(1, 'minutes') }),
        [cost({ tenant_id: 'even' })]: counter({ steps: 200, perStep: atRate(1, 'minutes') }),
        [cost({ tenant_id: 'no-budget' })]: counter({ steps: 200, perStep: atRate(fast * 3, 'minutes') }),
        [cost({ tenant_id: 'burst' })]: counter(
          { steps: 100, perStep: 0 },
          { steps: 4, perStep: atRate(fast * 12, 'minutes') },
          { steps: 96, perStep: 0 },
        ),
        ...planSeries(tenant('cents'), 200),
        [scraped('llm_budget_limit_usd', tenant('cents'))]: flat(minimum, 200),
        [cost({ tenant_id: 'cents' })]: counter({ steps: 200, perStep: atRate(minimum / 12, 'minutes') }),
      },
      expect: [30, 101, 104, 107, 125, 199].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    boundaryCase(
      [
        { long: '1h', short: '5m', rate: fast },
        { long: '6h', short: '30m', rate: slow },
      ],
      minimum,
      fires,
    ),
  ];
}

export function budgetBurnRateWarningCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { burn_rate_1d: fast, burn_rate_3d: slow, budget_minimum_usd: minimum } = thresholds;
  const fires = firing('too');
  const slower = (slow * 3 + fast) / 4;
  const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
  const at = (hours: number) => steps(hours) * STEP_SECONDS.days;
  return [
    {
      kind: 'fires',
      name: 'after a day of one tenant at a high rate, through a counter that starts again, and after three at a lower one',
      input: 'days',
      series: {
        ...planSeries(TENANT_ACME, steps(100)),
        ...planSeries(tenant('slow'), steps(100)),
        [cost()]: `${counter({ steps: steps(13), perStep: atRate(fast * 2, 'days') })} ${counter({ steps: steps(87), perStep: atRate(fast * 2, 'days') })}`,
        [cost({ tenant_id: 'slow' })]: counter({ steps: steps(100), perStep: atRate(slower, 'days') }),
      },
      expect: [
        { atSeconds: at(5), firing: [] },
        {
          atSeconds: at(91),
          firing: [fires(TENANT_ACME, fast * 2, LIMIT), fires(tenant('slow'), slower, LIMIT)],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'an exporter of some hours, however fast, office hours, a tenant that is gone, and one that spends nothing',
      input: 'days',
      series: {
        ...planSeries(tenant('office'), steps(120)),
        ...planSeries(tenant('zero'), steps(120)),
        ...planSeries(tenant('gone'), steps(120)),
        [cost({ tenant_id: 'office' })]: counter(
          { steps: steps(10), perStep: atRate(slow * 0.95 * 2.4, 'days') },
          ...[0, 1, 2, 3].flatMap(() => [
            { steps: steps(14), perStep: 0 },
            { steps: steps(10), perStep: atRate(slow * 0.95 * 2.4, 'days') },
          ]),
        ),
        [cost({ tenant_id: 'zero' })]: flat(0, steps(120)),
        [cost({
          tenant_id: 'gone',
        })]: `${counter({ steps: steps(3), perStep: atRate(fast * 5, 'days') })} ${missing(steps(110))}`,
        ...planSeries({ ...TENANT_ACME, job: 'young' }, steps(120)),
        [cost({
          job: 'young',
        })]: `${missing(steps(110))} ${counter({ steps: steps(5), perStep: atRate(fast * 4, 'days') })}`,
      },
      expect: [3, 5, 12, 30, 60, 84, 106, 112, 114].map((hours) => ({ atSeconds: at(hours), firing: [] })),
    },
    boundaryCase(
      [
        { long: '1d', short: '2h', rate: fast },
        { long: '3d', short: '6h', rate: slow },
      ],
      minimum,
      fires,
    ),
  ];
}
