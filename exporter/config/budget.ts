import { z } from 'zod';
import { text, timeZone } from './fields.ts';

const amount = z.number().positive().max(1e15);
const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'expected a day (2026-12-24) or a time with its offset (2026-12-24T00:00:00+01:00)',
});

/** One budget, in the configuration file and in `PUT /api/v1/budgets/{name}` (without its name there). */
export const budgetSettings = z.strictObject({
  name: text,
  /** `tenant`, `team`, `project`, `provider`, `model`, `feature`, `environment`, `operation`, `category`, `user`, `tag:<key>`. */
  scope: z.record(text, text).default({}),
  /** One of the fields of `scope`: every value of it has the limit to itself. */
  each: text.optional(),
  unit: z.enum(['usd', 'tokens', 'calls', 'gpu_hours']).default('usd'),
  limit: amount.describe('in the unit'),
  period: z.enum(['hour', 'day', 'week', 'month', 'quarter', 'year', 'rolling']).default('month'),
  rolling_days: z.int().min(1).max(366).optional(),
  /** Month and day: fiscal years and quarters begin there, fiscal months on its day. */
  fiscal_start: z
    .string()
    .regex(/^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/, 'expected MM-DD up to day 28, such as 04-06')
    .optional(),
  time_zone: timeZone.optional(),
  thresholds: z.array(z.number().positive().max(10)).max(20).default([0.5, 0.8, 0.9, 1]),
  enforcement: z.enum(['soft', 'hard']).default('soft'),
  throttle_ratio: z.number().positive().max(1).optional(),
  rollover: z
    .strictObject({ since: instant, maximum_ratio: z.number().positive().max(10).default(1) })
    .optional(),
  override: z.strictObject({ limit: amount, until: instant }).optional(),
});

export type BudgetSettings = z.output<typeof budgetSettings>;
