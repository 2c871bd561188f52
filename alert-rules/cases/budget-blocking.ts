import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat } from '../lib/values.ts';

const answers = (budget: string, decision: string, instance: string = TARGET.instance) =>
  scraped('llm_budget_decisions_total', { budget, decision, instance });
const firing = (budget: string, calls: number) => ({
  labels: { job: TARGET.job, budget },
  summary: `Budget ${budget} refuses calls`,
  description: `${calls} calls were refused in the last 15 minutes.`,
});

export function budgetBlockingCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'over replicas of which one starts again, and lets go when no more are refused',
      input: 'minutes',
      series: {
        [answers('hard', 'block')]: counter({ steps: 40, perStep: 2 }, { steps: 60, perStep: 0 }),
        [answers('hard', 'block', 'b:10464')]:
          `${counter({ steps: 19, perStep: 2 })} ${counter({ steps: 20, perStep: 2 })} ${flat(40, 60)}`,
        [answers('hard', 'allow')]: counter({ steps: 100, perStep: 50 }),
      },
      expect: [
        { atSeconds: 30 * MINUTE, firing: [firing('hard', 58)] },
        { atSeconds: 80 * MINUTE, firing: [] },
      ],
    },
    {
      kind: 'quiet',
      name: 'calls allowed and throttled, refusals of long ago, and a counter that starts again',
      input: 'minutes',
      series: {
        [answers('open', 'allow')]: counter({ steps: 60, perStep: 9 }),
        [answers('open', 'throttle')]: counter({ steps: 60, perStep: 9 }),
        [answers('open', 'block')]: flat(0, 61),
        [answers('old', 'block')]: flat(40, 61),
        [answers('restarted', 'block')]: `${flat(40, 30)} ${flat(0, 31)}`,
      },
      expect: [20, 32, 59].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'one call is enough, none is none',
      input: 'recorded',
      series: {
        [answers('none', 'block')]: flat(7, 40),
        [answers('one', 'block')]: '7x19 8x19',
      },
      expect: [{ atSeconds: 30 * MINUTE, firing: [firing('one', 1)] }],
    },
  ];
}
