import { DAY, HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat, gauge, missing } from '../lib/values.ts';
import { BUDGET_PERIOD } from '../recording/budget-burn.ts';
import { budgetLabels, budgetName, budgetSeries, ORGANIZATION, periodSeries, TENANT_ACME } from './budget.ts';

const LIMIT = 1000;
const COUNT = 200;
const MONTH = 30 * DAY;
/** The longest period whose lead is a third of it: a month's is longer. */
const SHORT = DAY / 2;

type Labels = Readonly<Record<string, string>>;

export function budgetExhaustsCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { exhaustion_lead_days: leadDays, budget_minimum_usd: minimum } = thresholds;
  const lastDay = MONTH - leadDays * DAY;
  const dated = (target: Labels, exhaustion: number | string | undefined, period = MONTH) => ({
    ...periodSeries(target, COUNT, period / DAY),
    ...(exhaustion !== undefined && {
      [scraped('llm_budget_exhaustion_timestamp_seconds', target)]:
        typeof exhaustion === 'number' ? flat(exhaustion, COUNT) : exhaustion,
    }),
  });
  const series = (
    target: Labels,
    exhaustion: number | string | undefined,
    spent: number,
    period = MONTH,
  ) => ({
    ...budgetSeries(target, { limit: LIMIT, spent }, COUNT),
    ...dated(target, exhaustion, period),
  });
  /** The alerts alone, with the length of the period as it would be recorded. */
  const alone = (target: Labels, exhaustion: number, spent: number, period = MONTH) => ({
    ...series(target, exhaustion, spent, period),
    [recorded(BUDGET_PERIOD.record, target)]: flat(period, COUNT),
  });
  const inTokens = { ...TENANT_ACME, unit: 'tokens' };
  const firing = (budget: typeof TENANT_ACME, exhaustion: number, used: string, period = 'month') => ({
    labels: budgetLabels(budget),
    summary: `Budget ${budgetName(budget)} will not last its ${period}`,
    description: `${used}; at the forecast rate the rest is gone on ${goDate(exhaustion)}.`,
  });
  const usd = (spent: number) => `$${spent.toFixed(2)} of $${LIMIT.toFixed(2)} spent`;
  const soon = lastDay - 10 * DAY;
  const spent = minimum + 500;
  const hour = { ...TENANT_ACME, budget: 'hourly', period: 'hour' };
  const tokens = { ...TENANT_ACME, budget: 'tokens' };
  const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
  const at = (hours: number) => steps(hours) * STEP_SECONDS.days;
  /** Before the end, and not well before it. */
  const late = (lastDay + MONTH) / 2;
  const stays = { ...TENANT_ACME, budget: 'stays' };
  const turns = { ...TENANT_ACME, budget: 'turns' };
  const turnsAt = 30 * HOUR;
  return [
    {
      kind: 'fires',
      name: 'after a quarter of an hour, with the date, once for two replicas, for an hour and for tokens too',
      input: 'minutes',
      series: {
        ...series(TENANT_ACME, soon, spent),
        ...series({ ...TENANT_ACME, instance: 'exporter-2:10464' }, soon, spent),
        ...series(ORGANIZATION, undefined, spent),
        ...series(hour, HOUR / 2, spent, HOUR),
        ...dated(tokens, soon),
        [scraped('llm_budget_quota_limit', { ...inTokens, ...tokens })]: flat(500, COUNT),
        [scraped('llm_budget_quota_used', { ...inTokens, ...tokens })]: flat(minimum / 2, COUNT),
      },
      expect: [
        { atSeconds: 14 * MINUTE, firing: [] },
        {
          atSeconds: 15 * MINUTE,
          firing: [
            firing(TENANT_ACME, soon, usd(spent)),
            firing(hour, HOUR / 2, usd(spent), 'hour'),
            firing(tokens, soon, `${humanized(minimum / 2)} of 500 tokens used`),
          ],
        },
      ],
    },
    {
      kind: 'fires',
      name: 'once through a night with a later date, until it is gone or a day late; not into a new period',
      input: 'days',
      series: {
        ...series(
          TENANT_ACME,
          `${gauge([soon, steps(30)], [late, steps(10)], [soon, steps(20)])} ${missing(steps(20))}`,
          spent,
        ),
        ...series(stays, gauge([soon, steps(30)], [late, steps(50)]), spent),
        ...series(turns, gauge([soon, steps(30)], [turnsAt + late, steps(50)]), spent),
        [scraped('llm_budget_period_start_timestamp_seconds', turns)]: gauge(
          [0, steps(30)],
          [turnsAt, steps(50)],
        ),
        [scraped('llm_budget_period_end_timestamp_seconds', turns)]: gauge(
          [MONTH, steps(30)],
          [turnsAt + MONTH, steps(50)],
        ),
      },
      expect: [
        {
          atSeconds: at(29),
          firing: [TENANT_ACME, stays, turns].map((one) => firing(one, soon, usd(spent))),
        },
        ...[32, 35, 39].map((hours) => ({
          atSeconds: at(hours),
          firing: [TENANT_ACME, stays].map((one) => firing(one, late, usd(spent))),
        })),
        {
          atSeconds: at(52),
          firing: [firing(TENANT_ACME, soon, usd(spent)), firing(stays, late, usd(spent))],
        },
        { atSeconds: at(63), firing: [] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a date after the end, no date, one that went, one that came back after a restart, and cents spent',
      input: 'minutes',
      series: {
        ...series(ORGANIZATION, MONTH, spent),
        ...series({ ...TENANT_ACME, job: 'lasts' }, undefined, spent),
        ...series({ ...TENANT_ACME, job: 'went' }, `${soon}x8 _x91`, spent),
        ...series({ ...TENANT_ACME, job: 'restarted' }, `${soon}x8 _x7 ${soon}x7 _x76`, spent),
        ...series({ ...TENANT_ACME, job: 'cents' }, soon, minimum / 2),
        ...series({ ...hour, job: 'late' }, HOUR * 0.7, spent, HOUR),
        [scraped('llm_budget_exhaustion_timestamp_seconds', { ...TENANT_ACME, job: 'no-end' })]: flat(
          soon,
          COUNT,
        ),
      },
      expect: [14, 16, 24, 99].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly so long before the end, by days or by a third, and exactly the least sum, are no worry',
      input: 'recorded',
      series: {
        ...alone({ ...TENANT_ACME, job: 'lead' }, lastDay, spent),
        ...alone({ ...TENANT_ACME, job: 'third' }, (SHORT * 2) / 3, spent, SHORT),
        ...alone({ ...TENANT_ACME, job: 'least' }, soon, minimum),
        ...alone(TENANT_ACME, lastDay - 1, minimum + 0.01),
        ...alone(hour, (SHORT * 2) / 3 - 1, minimum + 0.01, SHORT),
      },
      expect: [
        {
          atSeconds: 90 * MINUTE,
          firing: [
            firing(TENANT_ACME, lastDay - 1, usd(minimum + 0.01)),
            firing(hour, (SHORT * 2) / 3 - 1, usd(minimum + 0.01), 'hour'),
          ],
        },
      ],
    },
  ];
}

/** As `humanizeTimestamp` prints it. */
function goDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/^(.+)T(.+)\.000Z$/, '$1 $2 +0000 UTC');
}

/** As `humanize` prints what is below 1. */
function humanized(value: number): string {
  return `${value * 1000}m`;
}
