import { randomUUID } from 'node:crypto';
import { createRandom } from '../random.ts';

const MODELS = [
  ['openai', 'gpt-4o'],
  ['openai', 'gpt-4o-mini'],
  ['openai', 'gpt-4.1'],
  ['openai', 'gpt-4.1-mini'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-haiku-4-5'],
  ['google', 'gemini-2.5-pro'],
  ['google', 'gemini-2.5-flash'],
] as const;
const FEATURES = 5;

/** The label values of one dimension set; `variant` counts from 0 and each is another set. */
export function labelsOfVariant(variant: number) {
  const [provider, model] = MODELS[variant % MODELS.length]!;
  const feature = Math.floor(variant / MODELS.length) % FEATURES;
  const tenant = Math.floor(variant / MODELS.length / FEATURES);
  return {
    provider,
    model,
    tenant_id: `tenant-${String(tenant).padStart(4, '0')}`,
    team: `team-${String(tenant % 100).padStart(2, '0')}`,
    feature: `feature-${feature}`,
    environment: 'prod',
  };
}

/** Events of 14 fields, about 330 bytes as JSON, every id new. */
export function createUsage(seed: number) {
  const random = createRandom(seed);
  return {
    event(variant: number, atMs: number) {
      const inputTokens = 600 + Math.floor(random.around(900));
      return {
        id: randomUUID(),
        timestamp: new Date(atMs).toISOString(),
        ...labelsOfVariant(variant),
        user_id: `user-${random.popular(5000)}`,
        latency_ms: Math.floor(random.around(800)),
        prompt_hash: random
          .popular(1 << 30)
          .toString(16)
          .padStart(16, '0'),
        usage: {
          input_tokens: inputTokens,
          output_tokens: 1 + Math.floor(random.around(250)),
          cache_read_tokens: 1 + Math.floor(inputTokens * random.uniform() * 0.5),
        },
      };
    },
    variant: (variants: number) => Math.floor(random.uniform() * variants),
  };
}

export type Usage = ReturnType<typeof createUsage>;

/** The JSON array of `events` events of random variants, a millisecond apart and the last at `endMs`. */
export function usageBody(usage: Usage, variants: number, events: number, endMs: number): Buffer {
  const list = Array.from({ length: events }, (_, i) =>
    usage.event(usage.variant(variants), endMs - events + 1 + i),
  );
  return Buffer.from(JSON.stringify(list));
}

/** Bodies that together have an event of each of the first `variants` dimension sets. */
export function* bodiesOfAllVariants(usage: Usage, variants: number, atMs: number) {
  for (let from = 0; from < variants; from += 1000) {
    const length = Math.min(1000, variants - from);
    const events = Array.from({ length }, (_, i) => usage.event(from + i, atMs));
    yield { events, body: Buffer.from(JSON.stringify(events)) };
  }
}
