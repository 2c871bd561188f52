import { DAY, HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat } from '../lib/values.ts';
import { budgetLabels, budgetSeries, ORGANIZATION, TENANT_ACME } from './budget.ts';

const LIMIT = 1000;
const COUNT = 100;
const END = 30 * DAY;

type Labels = Readonly<Record<string, string>>;

export function budgetExhaustsCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { exhaustion_lead_days: leadDays, budget_minimum_usd: minimum } = thresholds;
  const lastDay = END - leadDays * DAY;
  const series = (target: Labels, exhaustion: number | string | undefined, spent: number) => ({
    ...budgetSeries(target, { limit: LIMIT, spent }, COUNT),
    [scraped('llm_budget_period_end_timestamp_seconds', target)]: flat(END, COUNT),
    ...(exhaustion !== undefined && {
      [scraped('llm_budget_exhaustion_timestamp_seconds', target)]:
        typeof exhaustion === 'number' ? flat(exhaustion, COUNT) : exhaustion,
    }),
  });
  const firing = (budget: typeof TENANT_ACME, exhaustion: number, spent: number) => ({
    labels: budgetLabels(budget),
    summary: `Budget ${budget.budget} will not last its month`,
    description: `$${spent.toFixed(2)} of $${LIMIT.toFixed(2)} spent; at the forecast rate the rest is gone on ${goDate(exhaustion)}.`,
  });
  const soon = lastDay - 10 * DAY;
  return [
    {
      kind: 'fires',
      name: 'after an hour, with the date, once for two replicas, and for that budget only',
      input: 'minutes',
      series: {
        ...series(TENANT_ACME, soon, minimum + 500),
        ...series({ ...TENANT_ACME, instance: 'exporter-2:10464' }, soon, minimum + 500),
        ...series(ORGANIZATION, undefined, minimum + 500),
      },
      expect: [
        { atSeconds: 59 * MINUTE, firing: [] },
        { atSeconds: HOUR, firing: [firing(TENANT_ACME, soon, minimum + 500)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a date after the end, no date, one that went, one that came back after a restart, and cents spent',
      input: 'minutes',
      series: {
        ...series(ORGANIZATION, END, minimum + 500),
        ...series({ ...TENANT_ACME, job: 'lasts' }, undefined, minimum + 500),
        ...series({ ...TENANT_ACME, job: 'went' }, `${soon}x40 _x59`, minimum + 500),
        ...series({ ...TENANT_ACME, job: 'restarted' }, `${soon}x50 _x10 ${soon}x38`, minimum + 500),
        ...series({ ...TENANT_ACME, job: 'cents' }, soon, minimum / 2),
        [scraped('llm_budget_exhaustion_timestamp_seconds', { ...TENANT_ACME, job: 'no-end' })]: flat(
          soon,
          COUNT,
        ),
      },
      expect: [59, 70, 99].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly so long before the end, and exactly the least sum, are no worry',
      input: 'recorded',
      series: {
        ...series({ ...TENANT_ACME, job: 'lead' }, lastDay, minimum + 500),
        ...series({ ...TENANT_ACME, job: 'least' }, soon, minimum),
        ...series(TENANT_ACME, lastDay - 1, minimum + 0.01),
      },
      expect: [{ atSeconds: 90 * MINUTE, firing: [firing(TENANT_ACME, lastDay - 1, minimum + 0.01)] }],
    },
  ];
}

/** As `humanizeTimestamp` prints it. */
function goDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/^(.+)T(.+)\.000Z$/, '$1 $2 +0000 UTC');
}
