import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

const subjects = (budget: string, count: number, over: string, instance: string = TARGET.instance) => ({
  [scraped('llm_budget_subjects', { budget, instance })]: flat(count, 40),
  [scraped('llm_budget_subjects_over_limit', { budget, instance })]: over,
});
const firing = (budget: string, over: number, of: string) => ({
  labels: { job: TARGET.job, budget },
  summary: `Subjects of budget ${budget} have overspent theirs`,
  description: `${over} of ${of}subjects are over the limit of ${budget}.`,
});

export function budgetSubjectsOverLimitCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'with how many of how many, once for two replicas, and where nobody says of how many',
      input: 'minutes',
      series: {
        ...subjects('each-user', 250, flat(3, 40)),
        ...subjects('each-user', 250, flat(2, 40), 'exporter-2:10464'),
        [scraped('llm_budget_subjects_over_limit', { budget: 'each-tenant' })]: flat(1, 40),
      },
      expect: [
        { atSeconds: 4 * MINUTE, firing: [] },
        { atSeconds: 5 * MINUTE, firing: [firing('each-user', 3, '250 '), firing('each-tenant', 1, '')] },
      ],
    },
    {
      kind: 'quiet',
      name: 'nobody over theirs, no such budget, and a limit that was raised at once',
      input: 'minutes',
      series: {
        ...subjects('each-user', 250, flat(0, 40)),
        ...subjects('raised', 250, '0x9 2x3 0x26'),
      },
      expect: [12, 39].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'one is enough, none is none',
      input: 'recorded',
      series: { ...subjects('none', 9, flat(0, 40)), ...subjects('one', 9, flat(1, 40)) },
      expect: [{ atSeconds: 30 * MINUTE, firing: [firing('one', 1, '9 ')] }],
    },
  ];
}
