import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUsageEvent } from '../../exporter/ingest/usage-event-guard.ts';
import { TOKEN_FIELDS, usageEventSchema } from '../../exporter/ingest/usage-event-schema.ts';

const TEXT_FIELDS = [
  'id',
  'provider',
  'model',
  'tenant_id',
  'team',
  'user_id',
  'project_id',
  'feature',
  'environment',
  'execution_id',
  'operation',
  'service_tier',
  'prompt_hash',
];

/** Values near every border that the schema draws. */
const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  '',
  'x',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(128),
  'x'.repeat(129),
  'x'.repeat(256),
  'x'.repeat(257),
  'a\0b',
  'lone \uD800',
  '\uD83D\uDE00',
  0,
  -0,
  1,
  -1,
  0.5,
  1e6,
  1e6 + 1,
  1e9,
  1e9 + 1,
  604_800_000,
  604_800_001,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  8.64e15,
  8.65e15,
  true,
  [],
  {},
  [1],
  'success',
  'Success',
  '2026-11-21T10:00:00Z',
  '2026-11-21T10:00:00.123+05:30',
  '2026-11-21',
  '2026-02-30T10:00:00Z',
  '2026-11-21T10:00:60Z',
  '2026-11-21 10:00:00Z',
  { a: 'b' },
  { a: 1 },
  { a: null },
  { ['k'.repeat(257)]: 'v' },
  { k: 'v'.repeat(257) },
  Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v'])),
);
const content = fc.oneof({ weight: 5, arbitrary: odd }, fc.anything());
const usage = fc.dictionary(fc.constantFrom(...TOKEN_FIELDS, 'requests', 'tokens'), content);
const valid = fc.constant({ provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 1 } });
const event = fc
  .tuple(
    valid,
    fc.dictionary(
      fc.constantFrom(...TEXT_FIELDS, 'timestamp', 'status', 'latency_ms', 'cost_usd', 'tags', 'extra'),
      content,
      { maxKeys: 2 },
    ),
    fc.option(fc.oneof(usage, content), { nil: undefined }),
  )
  .map(([base, fields, use]) => ({ ...base, ...fields, ...(use !== undefined && { usage: use }) }));

describe('the guard and the schema', () => {
  it('accept exactly the same values', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: event }, fc.anything()), (value) => {
        const guarded = isUsageEvent(value);
        if (guarded) accepted += 1;
        expect(guarded).toBe(usageEventSchema.safeParse(value).success);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
