import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { counter, flat, missing } from '../lib/values.ts';

const unpriced = (labels: Record<string, string> = {}) =>
  scraped('llm_unpriced_requests_total', { model: 'gpt-99', ...labels });

const firing = (model: string, calls: number) => ({
  labels: { job: TARGET.job, provider: 'openai', model, reason: 'unknown_model' },
  summary: `Usage of openai/${model} has no price`,
  description: `${calls} calls (or tokens, where nobody counted calls) in the last 15 minutes have no price (unknown_model). Their cost is in no total and no budget.`,
});

export function unpricedUsageCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'when calls without a price keep coming, added over instances',
      input: 'minutes',
      series: {
        [unpriced({ instance: 'a:10464' })]: counter({ steps: 60, perStep: 1 }),
        [unpriced({ instance: 'b:10464' })]: counter({ steps: 60, perStep: 2 }),
      },
      expect: [
        { atSeconds: 3 * MINUTE, firing: [] },
        { atSeconds: 40 * MINUTE, firing: [firing('gpt-99', 45)] },
      ],
    },
    {
      kind: 'fires',
      name: 'for a series whose first sample has already counted its only call',
      input: 'minutes',
      series: {
        [unpriced()]: flat(0, 60),
        [unpriced({ model: 'gpt-100' })]: `${missing(30)} 1x29`,
      },
      expect: [{ atSeconds: 38 * MINUTE, firing: [firing('gpt-100', 1)] }],
    },
    {
      kind: 'fires',
      name: 'for tokens that came without their calls',
      input: 'minutes',
      series: {
        [unpriced()]: flat(0, 60),
        [scraped('llm_unpriced_tokens_total', { model: 'gpt-99' })]: counter({ steps: 60, perStep: 100 }),
      },
      expect: [{ atSeconds: 40 * MINUTE, firing: [firing('gpt-99', 1500)] }],
    },
    {
      kind: 'quiet',
      name: 'old unpriced calls, also across a scrape outage and a counter that starts again',
      input: 'minutes',
      series: {
        [unpriced({ model: 'old' })]: flat(40, 120),
        [unpriced({ model: 'outage' })]: `40x59 ${missing(30)} 40x29`,
        [unpriced({ model: 'restarted' })]: '40x59 0x59',
      },
      expect: [66, 80, 95, 110].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'none in the window is nothing, one is something',
      input: 'recorded',
      series: {
        [unpriced({ model: 'none' })]: flat(0, 60),
        [unpriced({ model: 'one' })]: '0x29 1x30',
      },
      expect: [
        { atSeconds: 29 * MINUTE, firing: [] },
        { atSeconds: 40 * MINUTE, firing: [firing('one', 1)] },
      ],
    },
  ];
}
