import { z } from 'zod';
import { STATUSES } from '../domain/usage-event.ts';
import { areTags, MAX_TAGS, TAG_LIMIT } from './tags.ts';
import { isTimestamp } from './timestamp.ts';

/** More than any call has; a larger figure is a mistake of the sender. */
export const MAX_TOKENS = 1_000_000_000;
export const MAX_REQUESTS = 1_000_000;
export const MAX_COST_USD = 1_000_000;
export const MAX_LATENCY_MS = 7 * 86_400_000;

/** Longest value of each text field. */
export const TEXT_LIMITS = {
  id: 256,
  provider: 128,
  model: 256,
  tenant_id: 256,
  team: 256,
  user_id: 256,
  project_id: 256,
  feature: 256,
  environment: 256,
  execution_id: 256,
  operation: 64,
  service_tier: 64,
  prompt_hash: 256,
} as const;

export const TOKEN_FIELDS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
] as const;

const limited = (field: keyof typeof TEXT_LIMITS) => z.string().max(TEXT_LIMITS[field]);
const text = (field: keyof typeof TEXT_LIMITS) => limited(field).nullish();
const required = (field: keyof typeof TEXT_LIMITS) => limited(field).min(1);
const tokens = z.int().min(0).max(MAX_TOKENS).nullish();

/**
 * One usage event on the wire. `input_tokens` and `output_tokens` are totals that include the others (the
 * OpenTelemetry convention); a field that is null counts as not given.
 */
export const usageEventSchema = z.strictObject({
  id: text('id'),
  timestamp: z
    .custom<string | number>(isTimestamp, {
      error:
        'expected RFC 3339 with an offset (2026-11-21T10:00:00Z) or Unix time in seconds or milliseconds',
    })
    .nullish(),
  provider: required('provider'),
  model: required('model'),
  tenant_id: text('tenant_id'),
  team: text('team'),
  user_id: text('user_id'),
  project_id: text('project_id'),
  feature: text('feature'),
  environment: text('environment'),
  execution_id: text('execution_id'),
  operation: text('operation'),
  status: z.enum(STATUSES).nullish(),
  service_tier: text('service_tier'),
  latency_ms: z.number().min(0).max(MAX_LATENCY_MS).nullish(),
  prompt_hash: text('prompt_hash'),
  cost_usd: z.number().min(0).max(MAX_COST_USD).nullish(),
  usage: z.strictObject({
    ...(Object.fromEntries(TOKEN_FIELDS.map((field) => [field, tokens])) as Record<
      (typeof TOKEN_FIELDS)[number],
      typeof tokens
    >),
    requests: z.int().min(1).max(MAX_REQUESTS).nullish(),
  }),
  tags: z
    .custom<Readonly<Record<string, string>>>(areTags, {
      error: `expected an object of at most ${MAX_TAGS} texts; names and texts have at most ${TAG_LIMIT} characters`,
    })
    .nullish(),
});

export type WireEvent = z.input<typeof usageEventSchema>;
