import { AMOUNTS_PER_UNIT, type BudgetDefinition, type BudgetUnit } from '../domain/budget.ts';
import { type BudgetScope, SCOPE_FIELDS, type ScopeField } from '../domain/budget-scope.ts';
import { ConfigError } from '../domain/errors.ts';
import type { PERIOD_KINDS, PeriodSpec } from '../domain/period.ts';
import { firstInstant, zoneClock } from '../domain/zone-clock.ts';

/** One budget as it is written in the configuration file and in the API, checked and with its defaults. */
export interface BudgetSettings {
  readonly name: string;
  readonly scope: Readonly<Record<string, string>>;
  readonly each?: string | undefined;
  readonly unit: BudgetUnit;
  readonly limit: number;
  readonly period: (typeof PERIOD_KINDS)[number];
  readonly rolling_days?: number | undefined;
  /** `MM-DD`. */
  readonly fiscal_start?: string | undefined;
  readonly time_zone?: string | undefined;
  readonly thresholds: readonly number[];
  readonly enforcement: 'soft' | 'hard';
  readonly throttle_ratio?: number | undefined;
  readonly rollover?: { readonly since: string; readonly maximum_ratio: number } | undefined;
  readonly override?: { readonly limit: number; readonly until: string } | undefined;
}

/** The `budgets` section of the configuration. */
export interface BudgetSection {
  readonly monthly_usd?: number | undefined;
  readonly tenants: Readonly<Record<string, { readonly monthly_usd: number }>>;
  readonly definitions: readonly BudgetSettings[];
}

/** What the short forms leave out: the defaults of the configuration. */
const MONTHLY = {
  unit: 'usd',
  period: 'month',
  thresholds: [0.5, 0.8, 0.9, 1],
  enforcement: 'soft',
} as const;

/**
 * The budgets of a section, all in the long form: the organisation's, named `organization`, then one per tenant in the
 * order of the file, named `tenant:<id>`, then the others. Throws ConfigError where a name is there twice or a monthly
 * limit is not at least one nano-USD.
 */
export function budgetSettingsOf({ monthly_usd, tenants, definitions }: BudgetSection): BudgetSettings[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const all: BudgetSettings[] = [];

  const add = (settings: BudgetSettings, path: string) => {
    const { name, limit } = settings;
    if (Math.round(limit * AMOUNTS_PER_UNIT[settings.unit]) < 1)
      problems.push(`${path}: got ${limit}, expected at least 1e-9 USD`);
    if (names.has(name))
      problems.push(`${path}: got ${JSON.stringify(name)}, expected a name that no other budget has`);
    names.add(name);
    all.push(settings);
  };

  if (monthly_usd !== undefined)
    add({ ...MONTHLY, name: 'organization', scope: {}, limit: monthly_usd }, 'budgets.monthly_usd');
  for (const [tenant, { monthly_usd: limit }] of Object.entries(tenants)) {
    const path = `budgets.tenants.${tenant}.monthly_usd`;
    add({ ...MONTHLY, name: `tenant:${tenant}`, scope: { tenant }, limit }, path);
  }
  definitions.forEach((settings, at) => {
    add(settings, `budgets.definitions.${at}.name`);
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return all;
}

/** What the budgets of a section mean. Throws ConfigError as `budgetSettingsOf` does. */
export function budgetDefinitions(section: BudgetSection, defaultTimeZone: string): BudgetDefinition[] {
  return budgetSettingsOf(section).map((settings) => budgetDefinition(settings, defaultTimeZone));
}

/** What one budget means. A day in it begins at midnight of the budget's time zone. */
export function budgetDefinition(settings: BudgetSettings, defaultTimeZone: string): BudgetDefinition {
  const { name, unit, enforcement, rollover, override } = settings;
  const timeZone = settings.time_zone ?? defaultTimeZone;
  const amountOf = (limit: number) => Math.round(limit * AMOUNTS_PER_UNIT[unit]);
  return Object.freeze({
    name,
    scope: scopeOf(settings.scope),
    each: settings.each as ScopeField | undefined,
    unit,
    period: periodSpec(settings),
    timeZone,
    limitAmount: amountOf(settings.limit),
    thresholds: Object.freeze([...new Set(settings.thresholds)].sort((a, b) => a - b)),
    isHard: enforcement === 'hard',
    throttleRatio: settings.throttle_ratio,
    rollover: rollover && {
      sinceMs: instantMs(rollover.since, timeZone),
      maximumRatio: rollover.maximum_ratio,
    },
    override: override && {
      limitAmount: amountOf(override.limit),
      untilMs: instantMs(override.until, timeZone),
    },
  });
}

const FIELD_ORDER: readonly string[] = [...Object.keys(SCOPE_FIELDS), 'user'];

function scopeOf(scope: BudgetSettings['scope']): BudgetScope {
  const known = FIELD_ORDER.filter((field) => Object.hasOwn(scope, field));
  const tags = Object.keys(scope).filter((field) => field.startsWith('tag:'));
  return Object.freeze(
    [...known, ...tags.sort()].map((field) =>
      Object.freeze({ field: field as ScopeField, value: scope[field]! }),
    ),
  );
}

function periodSpec({ period, rolling_days, fiscal_start = '01-01' }: BudgetSettings): PeriodSpec {
  switch (period) {
    case 'rolling':
      return Object.freeze({ kind: period, days: rolling_days! });
    case 'month':
    case 'quarter':
    case 'year': {
      const [startMonth, startDay] = fiscal_start.split('-').map(Number) as [number, number];
      return Object.freeze({ kind: period, startMonth, startDay });
    }
    default:
      return Object.freeze({ kind: period });
  }
}

/** A day, or a time with its offset. */
function instantMs(text: string, timeZone: string): number {
  const ms = Date.parse(text);
  return text.length === 'YYYY-MM-DD'.length ? firstInstant(ms, zoneClock(timeZone)) : ms;
}
