import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METERS } from '../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import { EXPLAINED_PER_REQUEST } from '../../exporter/ingest/explain.ts';
import { REJECTION_CODES } from '../../exporter/ingest/outcome.ts';
import { readProviderCall } from '../../exporter/ingest/provider-call.ts';
import { PROVIDERS } from '../../exporter/ingest/provider-response.ts';
import { TOKEN_FIELDS } from '../../exporter/ingest/usage-event-schema.ts';
import { UsageEventReader } from '../../exporter/ingest/usage-events.ts';
import { NOW_MS } from '../support/charges.ts';

const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 400 * 86_400_000 };
const reader = new UsageEventReader();

const number = fc.oneof(
  { weight: 4, arbitrary: fc.nat(1000) },
  fc.double(),
  fc.constantFrom(-1, 1e9, 1e9 + 1, 2 ** 53, null),
);
const usage = fc.dictionary(fc.constantFrom(...TOKEN_FIELDS, 'requests'), number, { maxKeys: 3 });
const event = fc.record(
  {
    provider: fc.constant('openai'),
    model: fc.constant('gpt-4o'),
    usage: fc.oneof({ weight: 5, arbitrary: usage }, fc.jsonValue()),
    timestamp: fc.oneof(
      { weight: 4, arbitrary: fc.constant(NOW_MS) },
      number,
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    ),
    latency_ms: number,
    cost_usd: number,
    tags: fc.oneof({ weight: 4, arbitrary: fc.dictionary(fc.string(), fc.string()) }, fc.jsonValue()),
  },
  { requiredKeys: ['provider', 'model', 'usage'] },
);

function expectSound({
  id,
  timestampMs,
  quantities,
  latencyMs,
  reportedCostNanoUsd,
  tags,
}: UsageEvent): void {
  expect(id).not.toBe('');
  expect(quantities).toHaveLength(METERS.length);
  for (const figure of [...quantities, timestampMs, latencyMs ?? 0, reportedCostNanoUsd ?? 0]) {
    expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
  }
  expect(timestampMs).toBeLessThanOrEqual(NOW_MS + BOUNDS.futureMs);
  if (tags !== '') JSON.parse(tags);
}

test('any JSON is read into events whose figures are whole and not negative, or rejected with a known code', () => {
  const seen = { event: 0, rejected: 0, skipped: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: event }, fc.jsonValue()), { maxLength: 5 }),
      (candidates) => {
        const outcomes = reader.readAll(JSON.parse(JSON.stringify(candidates)), BOUNDS);
        expect(outcomes).toHaveLength(candidates.length);
        for (const outcome of outcomes) {
          seen[outcome.kind] += 1;
          if (outcome.kind === 'event') expectSound(outcome.event);
          else expect(REJECTION_CODES).toContain(outcome.kind === 'rejected' && outcome.code);
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.event, seen.rejected)).toBeGreaterThan(100);
});

test('the tokens of an event add up to its totals', () => {
  const total = fc.nat(1000);
  fc.assert(
    fc.property(total, total, total, total, (input, cached, output, reasoning) => {
      const [outcome] = reader.readAll(
        [
          {
            provider: 'a',
            model: 'b',
            usage: {
              input_tokens: input,
              cache_read_tokens: cached,
              output_tokens: output,
              reasoning_tokens: reasoning,
            },
          },
        ],
        BOUNDS,
      );
      const isConsistent = cached <= input && reasoning <= output;
      expect(outcome?.kind).toBe(isConsistent ? 'event' : 'rejected');
      if (outcome?.kind !== 'event') return;
      const { quantities } = outcome.event;
      const sum = METERS.reduce((all, meter, at) => (meter === 'request' ? all : all + quantities[at]!), 0);
      expect(sum).toBe(input + output);
    }),
  );
});

test('any JSON as a response of any provider does the same', () => {
  const count = fc.constantFrom(
    'usage',
    'usageMetadata',
    'prompt_tokens',
    'completion_tokens',
    'input_tokens',
    'output_tokens',
    'inputTokens',
    'promptTokenCount',
    'prompt_tokens_details',
    'cached_tokens',
    'cache_creation',
    'cache_read_input_tokens',
    'model',
    'id',
    'created',
    'type',
  );
  const { body } = fc.letrec((tie) => ({
    body: fc.oneof(
      { depthSize: 'small' },
      number,
      fc.jsonValue(),
      fc.dictionary(count, tie('body'), { maxKeys: 6 }),
      fc
        .tuple(fc.nat(1000), fc.nat(1000), fc.dictionary(count, tie('body'), { maxKeys: 2 }))
        .map(([input, output, odd]) => ({
          model: 'm',
          usage: { prompt_tokens: input, completion_tokens: output, ...(odd as object) },
        })),
    ),
  }));
  const provider = fc.oneof(fc.constantFrom('openai', 'groq'), fc.constantFrom(...PROVIDERS));
  let events = 0;
  fc.assert(
    fc.property(provider, body, (name, content) => {
      const call = { provider: name, body: JSON.parse(JSON.stringify(content)) };
      const [outcome] = readProviderCall(reader, call, { model: 'm' }, BOUNDS);
      if (outcome?.kind === 'event') {
        events += 1;
        expectSound(outcome.event);
      } else expect(REJECTION_CODES).toContain(outcome?.kind === 'rejected' && outcome.code);
    }),
    { numRuns: 3000 },
  );
  expect(events).toBeGreaterThan(20);
});

test('explaining is bounded, each rejection is not', () => {
  const outcomes = reader.readAll(new Array(EXPLAINED_PER_REQUEST + 5).fill({}), BOUNDS);
  const explained = outcomes.filter(
    (outcome) => outcome.kind === 'rejected' && outcome.message.startsWith('provider: '),
  );
  expect([outcomes.length, explained.length]).toEqual([EXPLAINED_PER_REQUEST + 5, EXPLAINED_PER_REQUEST]);
});
