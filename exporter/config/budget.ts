import { z } from 'zod';
import { AMOUNTS_PER_UNIT, BUDGET_UNITS, type BudgetUnit } from '../domain/budget.ts';
import { SCOPE_FIELDS } from '../domain/budget-scope.ts';
import { PERIOD_KINDS } from '../domain/period.ts';
import { CATEGORIES } from '../domain/usage-event.ts';
import { text, timeZone } from './fields.ts';

const amount = z.number().positive().max(1e15);
const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'expected a day (2026-12-24) or a time with its offset (2026-12-24T00:00:00+01:00)',
});

/** Paths below `/api/v1/budgets/` that are not budgets, and what means another path however it is written. */
const NO_NAMES = ['check', 'reservations', 'history', '.', '..'];

export const budgetName = text
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, { error: 'expected printable characters' })
  .refine((name) => !NO_NAMES.includes(name), {
    error: `expected a name other than ${NO_NAMES.join(', ')}: it stands in a path of the API`,
  });

const FIELDS = [...Object.keys(SCOPE_FIELDS), 'user'];
const FIELD_EXPECTED = `expected ${FIELDS.join(', ')} or tag:<key>`;

function isScopeField(name: string): boolean {
  return FIELDS.includes(name) || (name.startsWith('tag:') && name.length > 'tag:'.length);
}

/** Looks at the keys before they are copied: a `__proto__` among them would be lost, and a narrow budget a wide one. */
const scope = z.preprocess(
  (value, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    for (const key of Object.keys(value)) {
      if (!isScopeField(key))
        context.addIssue({ code: 'custom', message: FIELD_EXPECTED, path: [key], input: key });
    }
    return value;
  },
  z.record(text, text).check(({ value, issues }) => {
    if (Object.keys(value).length > 16)
      issues.push({ code: 'custom', message: 'expected at most 16 fields', input: value });
    const { category } = value;
    if (category === undefined || (CATEGORIES as readonly string[]).includes(category)) return;
    const message = `expected one of ${CATEGORIES.join(', ')}`;
    issues.push({ code: 'custom', message, path: ['category'], input: category });
  }),
);

const withoutName = z.strictObject({
  /** `tenant`, `team`, `project`, `provider`, `model`, `feature`, `environment`, `operation`, `category`, `user`, `tag:<key>`. */
  scope: scope.default({}),
  /** Another field: every value of it has the limit to itself. */
  each: text.refine(isScopeField, { error: FIELD_EXPECTED }).optional(),
  unit: z.enum(BUDGET_UNITS).default('usd'),
  limit: amount.describe('in the unit'),
  period: z.enum(PERIOD_KINDS).default('month'),
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

type Checked = z.core.ParsePayload<z.output<typeof withoutName>>;

/** What does not go together, or is too small to be counted. */
function fits({ value, issues }: Checked): void {
  const refuse = (path: readonly string[], message: string, input: unknown) =>
    issues.push({ code: 'custom', message, path: [...path], input });
  const { each, unit, limit, period, override } = value;

  if (each !== undefined && Object.hasOwn(value.scope, each))
    refuse(['each'], 'expected a field that is not in scope, where it has one value', each);
  if (period === 'rolling' && value.rolling_days === undefined)
    refuse(['rolling_days'], 'expected the number of days of a rolling period', undefined);
  if (period !== 'rolling' && value.rolling_days !== undefined)
    refuse(['rolling_days'], 'expected with period rolling only', value.rolling_days);
  if (value.fiscal_start !== undefined && !['month', 'quarter', 'year'].includes(period))
    refuse(['fiscal_start'], 'expected with period month, quarter or year only', value.fiscal_start);
  if (value.throttle_ratio !== undefined && value.enforcement === 'soft')
    refuse(['throttle_ratio'], 'expected with enforcement hard only', value.throttle_ratio);
  if (value.rollover !== undefined && period === 'rolling')
    refuse(
      ['rollover'],
      'expected with other periods than rolling, which has no period before',
      value.rollover,
    );
  if (!isAmount(limit, unit)) refuse(['limit'], AMOUNT_EXPECTED[unit], limit);
  if (override && !isAmount(override.limit, unit))
    refuse(['override', 'limit'], AMOUNT_EXPECTED[unit], override.limit);
}

const AMOUNT_EXPECTED: Readonly<Record<BudgetUnit, string>> = {
  usd: 'expected at least 1e-9 USD',
  tokens: 'expected a whole number of tokens',
  calls: 'expected a whole number of calls',
  gpu_hours: 'expected at least a millisecond of GPU time, in hours',
};

/** Or refused already. */
function isAmount(limit: number, unit: BudgetUnit): boolean {
  if (limit <= 0) return true;
  const perUnit = AMOUNTS_PER_UNIT[unit];
  return perUnit === 1 ? Number.isInteger(limit) : Math.round(limit * perUnit) >= 1;
}

/** One budget in `PUT /api/v1/budgets/{name}`. */
export const budgetBody = withoutName.check(fits);

/** One budget in the configuration file. */
export const budgetSettings = z.strictObject({ name: budgetName, ...withoutName.shape }).check(fits);

export type BudgetBody = z.output<typeof budgetBody>;
export type BudgetSettings = z.output<typeof budgetSettings>;
