import { z } from 'zod';
import { RESOURCES } from './resource-quantity.ts';
import { usageEventSchema } from './usage-event-schema.ts';

/** A year and a day: what ran longer comes in parts. */
export const MAX_DURATION_SECONDS = 367 * 86_400;
export const MAX_QUANTITY = 1e15;

const fields = usageEventSchema.shape;

/** One resource event on the wire. A field that is null counts as not given. */
export const resourceEventSchema = z.strictObject({
  id: fields.id,
  timestamp: fields.timestamp,
  resource: z.enum(RESOURCES),
  quantity: z.number().min(0).max(MAX_QUANTITY),
  unit: z.string().max(32),
  duration_seconds: z.number().min(0).max(MAX_DURATION_SECONDS).nullish(),
  start: fields.timestamp,
  end: fields.timestamp,
  /** Instance type, GPU model, storage class. */
  sku: fields.model.nullish(),
  provider: fields.provider.nullish(),
  tenant_id: fields.tenant_id,
  team: fields.team,
  user_id: fields.user_id,
  project_id: fields.project_id,
  feature: fields.feature,
  environment: fields.environment,
  execution_id: fields.execution_id,
  cost_usd: fields.cost_usd,
  tags: fields.tags,
});

export type WireResource = z.output<typeof resourceEventSchema>;
