import { SHORTEST_PERIOD_DAYS, type Tier } from '../alerts/budget-burn-rate.ts';
import { DAY, HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, gauge, missing } from '../lib/values.ts';
import { BUDGET_PERIOD, BUDGET_RATE, BURN, BURN_WINDOWS } from '../recording/budget-burn.ts';
import {
  budgetLabels,
  budgetName,
  ORGANIZATION,
  PLAN_LIMIT_USD,
  periodSeries,
  planSeries,
  TEAM_TOKENS,
  TENANT_ACME,
  TOKEN_LIMIT,
} from './budget.ts';

type Budget = typeof TENANT_ACME & { readonly unit?: string; readonly period?: string };

const tenant = (id: string) => ({ budget: `tenant:${id}`, scope: 'tenant', scope_id: id });
const consumed = (labels: Readonly<Record<string, string>>) => scraped('llm_budget_consumed_total', labels);

const firing =
  (howFast: string) =>
  (budget: Budget, burn: number, limit = LIMIT) => ({
    labels: { unit: 'usd', ...budgetLabels(budget) },
    summary: `Budget ${budgetName(budget)} is being spent ${howFast} fast`,
    description: `Spent ${burn.toFixed(1)} times as fast as ${limit} allows.`,
  });
const LIMIT = `$${PLAN_LIMIT_USD.toFixed(2)} a month`;
/**
 * Dollars a step of a budget of $1 an hour that burns at `rate`, in binary fractions: what promtool adds up is exact
 * then, and no rounding looks like a counter that starts again.
 */
const atRate = (rate: number, input: 'minutes' | 'days') =>
  Math.round(((rate * STEP_SECONDS[input]) / HOUR) * 65_536) / 65_536;

/** One budget exactly at each limit of each tier, and one above all of them in the shortest period that counts. */
function boundaryCase(
  tiers: readonly Tier[],
  { budget_minimum_usd: minimumUsd, budget_minimum_ratio: minimumRatio }: AlertThresholds,
  fires: ReturnType<typeof firing>,
): RuleCase {
  const named = (tier: Tier, what: string) => tenant(`${what}-${tier.long}`);
  const tierSeries = (
    { long, short, rate }: Tier,
    budget: Budget,
    {
      inLong = rate * 2,
      inShort = rate * 2,
      perSecond = 1,
      periodSeconds = SHORTEST_PERIOD_DAYS[long] * DAY,
    },
  ) => ({
    [recorded(BURN[long].record, budget)]: flat(inLong, 60),
    [recorded(BURN[short].record, budget)]: flat(inShort, 60),
    [recorded(BUDGET_RATE.record, budget)]: flat(perSecond, 60),
    [recorded(BUDGET_PERIOD.record, withoutUnit(budget))]: flat(periodSeconds, 60),
    [scraped('llm_budget_limit_usd', withoutUnit(budget))]: flat(PLAN_LIMIT_USD, 60),
  });
  const above = ({ rate }: Tier) => rate + 0.01;
  return {
    kind: 'boundary',
    name: 'exactly the rate in either window, exactly the least sum or share, and a period a second too short, do not burn',
    input: 'recorded',
    series: Object.assign(
      {},
      ...tiers.flatMap((tier) => {
        const seconds = BURN_WINDOWS[tier.long];
        return [
          tierSeries(tier, named(tier, 'long'), { inLong: tier.rate }),
          tierSeries(tier, named(tier, 'short'), { inShort: tier.rate }),
          tierSeries(tier, named(tier, 'least'), {
            inLong: 1024,
            inShort: 1024,
            perSecond: minimumUsd / (seconds * 1024),
          }),
          // A power of two times the window: the share comes out exactly.
          tierSeries(
            tier,
            { ...named(tier, 'share'), unit: 'tokens' },
            {
              inLong: minimumRatio * 4096,
              periodSeconds: seconds * 4096,
            },
          ),
          tierSeries(tier, named(tier, 'period'), {
            periodSeconds: SHORTEST_PERIOD_DAYS[tier.long] * DAY - 1,
          }),
          tierSeries(tier, named(tier, 'above'), { inLong: above(tier), inShort: above(tier) }),
        ];
      }),
    ),
    expect: [
      {
        atSeconds: 50 * MINUTE,
        firing: tiers.map((tier) => fires(named(tier, 'above'), above(tier))),
      },
    ],
  };
}

function withoutUnit({ unit: _, ...budget }: Budget): Readonly<Record<string, string>> {
  return budget;
}

export function budgetBurnRateCriticalCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { burn_rate_1h: fast, burn_rate_6h: slow, budget_minimum_usd: minimum } = thresholds;
  const fires = firing('far too');
  const slower = (slow + fast) / 2;
  const replica = { instance: 'exporter-2:10464' };
  const burning = (rate: number, steps = 200) => counter({ steps, perStep: atRate(rate, 'minutes') });
  const untilMinute141 = `${burning(fast, 141)} ${flat(141 * atRate(fast, 'minutes'), 60)}`;
  const restarting = `${burning(fast, 70)} ${burning(fast, 70)} ${flat(70 * atRate(fast, 'minutes'), 60)}`;
  const week = { ...tenant('weekly'), period: 'week' };
  const tokens = { ...TEAM_TOKENS, unit: 'tokens' };
  const tokensAMinute = 4096;
  const year = { ...tenant('year'), period: 'year' };
  const yearTokens = { ...year, unit: 'tokens' };
  const changed = tenant('changed-unit');
  return [
    {
      kind: 'fires',
      name: 'for a tenant and the organisation above it, over replicas of which one starts again, and lets go',
      input: 'minutes',
      series: {
        ...planSeries(TENANT_ACME, 200),
        ...planSeries({ ...TENANT_ACME, ...replica }, 200),
        ...planSeries(ORGANIZATION, 200),
        [consumed(TENANT_ACME)]: untilMinute141,
        [consumed({ ...TENANT_ACME, ...replica })]: restarting,
        [consumed(ORGANIZATION)]: `${burning(fast * 2, 141)} ${flat(141 * atRate(fast * 2, 'minutes'), 60)}`,
      },
      expect: [
        { atSeconds: 2 * MINUTE, firing: [] },
        { atSeconds: 65 * MINUTE, firing: [fires(TENANT_ACME, fast * 2), fires(ORGANIZATION, fast * 2)] },
        { atSeconds: 190 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'fires',
      name: "for a week and for a team's tokens of 30 days",
      input: 'minutes',
      series: {
        ...planSeries(week, 200, 7),
        [consumed(week)]: burning(fast * 2),
        ...periodSeries(TEAM_TOKENS, 200, 30),
        [scraped('llm_budget_quota_limit', tokens)]: flat(TOKEN_LIMIT, 200),
        [consumed(tokens)]: counter({ steps: 200, perStep: tokensAMinute }),
      },
      expect: [
        {
          atSeconds: 120 * MINUTE,
          firing: [
            fires(week, fast * 2, '$168.00 a week'),
            fires(tokens, (tokensAMinute * 30 * 1440) / TOKEN_LIMIT, '5M tokens a period of 30 days'),
          ],
        },
      ],
    },
    {
      kind: 'fires',
      name: 'for six hours at a rate that an hour would not mind',
      input: 'minutes',
      series: { ...planSeries(TENANT_ACME, 450), [consumed(TENANT_ACME)]: burning(slower, 450) },
      expect: [
        { atSeconds: HOUR, firing: [] },
        { atSeconds: 7 * HOUR + 25 * MINUTE, firing: [fires(TENANT_ACME, slower)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'spent as planned, nothing counted, cents, a short burst, a day, little of a year, and a unit that changed',
      input: 'minutes',
      series: {
        ...planSeries(tenant('silent'), 200),
        ...planSeries(tenant('even'), 200),
        [consumed(tenant('even'))]: burning(1),
        ...planSeries(tenant('burst'), 200),
        [consumed(tenant('burst'))]: counter(
          { steps: 100, perStep: 0 },
          { steps: 4, perStep: atRate(fast * 12, 'minutes') },
          { steps: 96, perStep: 0 },
        ),
        ...planSeries(tenant('cents'), 200),
        [scraped('llm_budget_limit_usd', tenant('cents'))]: flat(minimum, 200),
        [consumed(tenant('cents'))]: burning(minimum / 12),
        ...planSeries({ ...tenant('daily'), period: 'day' }, 200, 1),
        [consumed({ ...tenant('daily'), period: 'day' })]: burning(fast * 2),
        ...periodSeries(year, 200, 365),
        [scraped('llm_budget_quota_limit', yearTokens)]: flat(365 * 24, 200),
        [consumed(yearTokens)]: burning(fast * 1.1),
        ...planSeries(changed, 200),
        [consumed({ ...changed, unit: 'tokens' })]: `${burning(1e6, 60)} ${missing(139)}`,
        [consumed(changed)]: `${missing(60)} ${burning(1, 139)}`,
      },
      expect: [30, 70, 101, 104, 107, 125, 199].map((minutes) => ({
        atSeconds: minutes * MINUTE,
        firing: [],
      })),
    },
    boundaryCase(
      [
        { long: '1h', short: '5m', rate: fast },
        { long: '6h', short: '30m', rate: slow },
      ],
      thresholds,
      fires,
    ),
  ];
}

export function budgetBurnRateWarningCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { burn_rate_1d: fast, burn_rate_3d: slow } = thresholds;
  const fires = firing('too');
  const slower = (slow * 3 + fast) / 4;
  const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
  const at = (hours: number) => steps(hours) * STEP_SECONDS.days;
  const burning = (rate: number, hours: number) =>
    counter({ steps: steps(hours), perStep: atRate(rate, 'days') });
  const week = { ...tenant('weekly'), period: 'week' };
  const young = { ...TENANT_ACME, job: 'young' };
  const raised = tenant('raised');
  const turns = tenant('turns');
  /** Three days' burn that sinks below the rate, and not to the plan. */
  const weekend = tenant('weekend');
  const sunk = (1 + slow * 2) / 3;
  /** Over three days, of which ten hours each are spent in. */
  const nightly = slow * 1.34;
  const nights = (days: number) =>
    counter(
      ...Array.from({ length: days }, (_, day) => [
        { steps: steps(10), perStep: atRate(nightly * 2.4, 'days') },
        { steps: steps(24 * (day + 1)) - steps(24 * day) - steps(10), perStep: 0 },
      ]).flat(),
      { steps: steps(150 - days * 24), perStep: 0 },
    );
  /** Too fast in both windows for 20 minutes, then at that rate. */
  const slowing = (id: string, long: '1d' | '3d', before: number, after: number) => ({
    [recorded(BURN[long].record, { ...tenant(id), unit: 'usd' })]: gauge([before, 20], [after, 40]),
    [recorded(BURN[long === '1d' ? '2h' : '6h'].record, { ...tenant(id), unit: 'usd' })]: gauge(
      [before, 20],
      [after, 40],
    ),
    [recorded(BUDGET_RATE.record, { ...tenant(id), unit: 'usd' })]: flat(1, 60),
    [recorded(BUDGET_PERIOD.record, tenant(id))]: flat(30 * DAY, 60),
    [scraped('llm_budget_limit_usd', tenant(id))]: flat(PLAN_LIMIT_USD, 60),
  });
  return [
    {
      kind: 'fires',
      name: 'after a day of one tenant at a high rate, through a counter that starts again, and after three at a lower one',
      input: 'days',
      series: {
        ...planSeries(TENANT_ACME, steps(100)),
        ...planSeries(tenant('slow'), steps(100)),
        [consumed(TENANT_ACME)]: `${burning(fast * 2, 13)} ${burning(fast * 2, 87)}`,
        [consumed(tenant('slow'))]: burning(slower, 100),
      },
      expect: [
        { atSeconds: at(5), firing: [] },
        { atSeconds: at(91), firing: [fires(TENANT_ACME, fast * 2), fires(tenant('slow'), slower)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'an exporter of some hours, however fast, office hours, a week, what is gone, and what spends nothing',
      input: 'days',
      series: {
        ...planSeries(tenant('office'), steps(120)),
        ...planSeries(tenant('zero'), steps(120)),
        ...planSeries(tenant('gone'), steps(120)),
        ...planSeries(week, steps(120), 7),
        [consumed(tenant('office'))]: counter(
          { steps: steps(10), perStep: atRate(slow * 0.95 * 2.4, 'days') },
          ...[0, 1, 2, 3].flatMap(() => [
            { steps: steps(14), perStep: 0 },
            { steps: steps(10), perStep: atRate(slow * 0.95 * 2.4, 'days') },
          ]),
        ),
        [consumed(tenant('zero'))]: flat(0, steps(120)),
        [consumed(tenant('gone'))]: `${burning(fast * 5, 3)} ${missing(steps(110))}`,
        [consumed(week)]: burning(fast * 2, 120),
        ...planSeries(young, steps(120)),
        [consumed(young)]: `${missing(steps(110))} ${burning(fast * 4, 5)}`,
      },
      expect: [3, 5, 12, 30, 60, 84, 106, 112, 114].map((hours) => ({ atSeconds: at(hours), firing: [] })),
    },
    {
      kind: 'fires',
      name: 'once through the nights of office hours, and ends: by a day of rest, at once by a limit that is raised',
      input: 'days',
      series: {
        ...planSeries(TENANT_ACME, steps(150)),
        [consumed(TENANT_ACME)]: nights(5),
        ...planSeries(raised, steps(150)),
        [scraped('llm_budget_limit_usd', raised)]: gauge(
          [PLAN_LIMIT_USD, steps(84)],
          [PLAN_LIMIT_USD * 1.5, steps(66)],
        ),
        [consumed(raised)]: nights(5),
        ...planSeries(turns, steps(150)),
        [scraped('llm_budget_period_start_timestamp_seconds', turns)]: gauge(
          [0, steps(84)],
          [84 * HOUR, steps(66)],
        ),
        [scraped('llm_budget_period_end_timestamp_seconds', turns)]: gauge(
          [30 * DAY, steps(84)],
          [84 * HOUR + 30 * DAY, steps(66)],
        ),
        [consumed(turns)]: nights(5),
        ...planSeries(weekend, steps(150)),
        [recorded(BURN['3d'].record, { ...weekend, unit: 'usd' })]: gauge(
          [slow * 1.2, steps(40)],
          [sunk, steps(110)],
        ),
        [recorded(BURN['6h'].record, { ...weekend, unit: 'usd' })]: flat(slow * 1.2, steps(150)),
      },
      expect: [
        {
          atSeconds: at(80),
          firing: [...[TENANT_ACME, raised, turns].map((one) => fires(one, nightly)), fires(weekend, sunk)],
        },
        ...[90, 95, 104].map((hours) => ({
          atSeconds: at(hours),
          firing: [TENANT_ACME, turns].map((one) => fires(one, nightly)),
        })),
        { atSeconds: at(142), firing: [] },
      ],
    },
    {
      kind: 'boundary',
      name: 'exactly as fast as planned is over, and so is what was exactly too fast',
      input: 'recorded',
      series: Object.assign(
        {},
        ...(['1d', '3d'] as const).flatMap((long) => [
          slowing(`over-${long}`, long, thresholds[`burn_rate_${long}`] * 2, 1),
          slowing(`exact-${long}`, long, thresholds[`burn_rate_${long}`], 1.125),
          slowing(`above-${long}`, long, thresholds[`burn_rate_${long}`] * 2, 1.125),
        ]),
      ),
      expect: [
        { atSeconds: 58 * MINUTE, firing: ['1d', '3d'].map((long) => fires(tenant(`above-${long}`), 1.125)) },
      ],
    },
    boundaryCase(
      [
        { long: '1d', short: '2h', rate: fast },
        { long: '3d', short: '6h', rate: slow },
      ],
      thresholds,
      fires,
    ),
  ];
}
