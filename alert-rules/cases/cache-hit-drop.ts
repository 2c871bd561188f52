import { HOUR, MINUTE, type RuleCase, STEP_SECONDS } from '../lib/rule-case.ts';
import { recorded, scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { counter, flat, missing } from '../lib/values.ts';
import { CACHE_SHARE_DAY, CACHE_SHARE_HOUR, INPUT_HOUR } from '../recording/cache.ts';

const steps = (hours: number) => Math.round((hours * HOUR) / STEP_SECONDS.days);
const tokens = (token_type: string, labels: Record<string, string> = {}) =>
  scraped('llm_tokens_total', { token_type, ...labels });

const percent = (share: number) => `${Number((share * 100).toPrecision(4))}%`;

export function cacheHitDropCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { cache_drop_ratio: factor, cache_drop_tokens: least } = thresholds;
  const firing = (tenant: string, hour: number, day: number) => ({
    labels: { job: TARGET.job, tenant_id: tenant, model: 'gpt-4o' },
    summary: `The prompt cache of tenant ${tenant} with gpt-4o is missed`,
    description: `${percent(hour)} of the input of the last hour came from the cache, against ${percent(day)} the day before.`,
  });
  const perStep = least * 4;
  /** Three quarters from the cache, and from hour 30 on none. */
  const dropping = (labels: Record<string, string>, size = perStep) => ({
    [tokens('cache_read', labels)]: counter(
      { steps: steps(30), perStep: size * 0.75 },
      { steps: steps(10), perStep: 0 },
    ),
    [tokens('input', labels)]: counter(
      { steps: steps(30), perStep: size * 0.25 },
      { steps: steps(10), perStep: size },
    ),
  });
  /** From `size` tokens a step, a share of them cached throughout. */
  const steady = (labels: Record<string, string>, share: number) => ({
    [tokens('cache_read', labels)]: counter({ steps: steps(40), perStep: perStep * share }),
    [tokens('input', labels)]: counter({ steps: steps(40), perStep: perStep * (1 - share) }),
  });
  const afterDrop = (count: number) => (steps(30) + count) * STEP_SECONDS.days;
  return [
    {
      kind: 'fires',
      name: 'for the tenant and model whose prompts changed, across instances, writes to the cache counted as input',
      input: 'days',
      series: {
        ...dropping({ instance: 'a:10464' }),
        ...dropping({ instance: 'b:10464' }),
        ...steady({ tenant_id: 'globex' }, 0.75),
        ...steady({ model: 'gpt-5' }, 0.75),
        [tokens('output')]: counter({ steps: steps(40), perStep: perStep * 100 }),
      },
      expect: [
        { atSeconds: afterDrop(1), firing: [] },
        { atSeconds: afterDrop(3), firing: [firing('acme', 0, 0.75)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'steady shares, counters that start again, no cache, few tokens, no calls, and a tenant of some hours',
      input: 'days',
      series: {
        ...steady({ tenant_id: 'steady' }, 0.75),
        [tokens('cache_read', {
          tenant_id: 'restarted',
        })]: `${counter({ steps: steps(30), perStep })} ${counter({ steps: steps(10), perStep })}`,
        [tokens('input', {
          tenant_id: 'restarted',
        })]: `${counter({ steps: steps(30), perStep })} ${counter({ steps: steps(10), perStep })}`,
        [tokens('input', { tenant_id: 'no-cache' })]: counter({ steps: steps(40), perStep }),
        ...dropping({ tenant_id: 'few' }, least / 10),
        [tokens('cache_read', { tenant_id: 'rests' })]: counter(
          { steps: steps(30), perStep },
          { steps: steps(10), perStep: 0 },
        ),
        [tokens('input', { tenant_id: 'rests' })]: counter(
          { steps: steps(30), perStep },
          { steps: steps(10), perStep: 0 },
        ),
        [tokens('cache_read', {
          tenant_id: 'gone',
        })]: `${counter({ steps: steps(30), perStep })} ${missing(steps(10))}`,
        [tokens('input', { tenant_id: 'gone' })]: counter({ steps: steps(40), perStep }),
        [tokens('cache_read', {
          tenant_id: 'new',
        })]: `${missing(steps(20))} ${counter({ steps: steps(10), perStep }, { steps: steps(10), perStep: 0 })}`,
        [tokens('input', {
          tenant_id: 'new',
        })]: `${missing(steps(20))} ${counter({ steps: steps(20), perStep })}`,
      },
      expect: [5, 26, 30, 31, 32, 34, 39].map((hours) => ({
        atSeconds: steps(hours) * STEP_SECONDS.days,
        firing: [],
      })),
    },
    {
      kind: 'boundary',
      name: 'exactly the factor, and exactly the least number of tokens, are no drop',
      input: 'recorded',
      series: Object.assign(
        {},
        ...[
          { tenant_id: 'factor', hour: factor * 0.5, input: least * 100 },
          { tenant_id: 'least', hour: 0, input: least * 2 },
          { tenant_id: 'above', hour: factor * 0.5 - 0.001, input: least * 100 },
        ].map(({ tenant_id, hour, input }) => ({
          [recorded(CACHE_SHARE_HOUR.record, { tenant_id })]: flat(hour, 60),
          [recorded(CACHE_SHARE_DAY.record, { tenant_id })]: flat(0.5, 60),
          [recorded(INPUT_HOUR.record, { tenant_id })]: flat(input, 60),
        })),
      ),
      expect: [{ atSeconds: 50 * MINUTE, firing: [firing('above', factor * 0.5 - 0.001, 0.5)] }],
    },
  ];
}
