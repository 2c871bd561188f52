import { describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import { budgetDefinition, budgetDefinitions } from '../../exporter/budgets/budget-definitions.ts';
import { budgetBody, budgetSettings } from '../../exporter/config/budget.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import type { BudgetDefinition } from '../../exporter/domain/budget.ts';
import { ConfigError } from '../../exporter/domain/errors.ts';

type Wire = Omit<z.input<typeof budgetSettings>, 'name'>;

const sectionOf = (budgets: z.input<typeof configSchema>['budgets']) =>
  configSchema.parse({ budgets }).budgets;
const define = (wire: Partial<Wire>, timeZone = 'UTC'): BudgetDefinition =>
  budgetDefinition(budgetSettings.parse({ name: 'b', limit: 100, ...wire }), timeZone);
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

const MONTHLY: Omit<BudgetDefinition, 'name' | 'scope' | 'limitAmount'> = {
  each: undefined,
  unit: 'usd',
  period: { kind: 'month', startMonth: 1, startDay: 1 },
  timeZone: 'Europe/Berlin',
  thresholds: [0.5, 0.8, 0.9, 1],
  isHard: false,
  throttleRatio: undefined,
  rollover: undefined,
  override: undefined,
};

describe('the budgets of a configuration', () => {
  it('are the organisation, then the tenants in order, then the others', () => {
    const section = sectionOf({
      monthly_usd: 1000,
      tenants: { zeta: { monthly_usd: 0.5 }, acme: { monthly_usd: 20 } },
      definitions: [{ name: 'everyone', each: 'user', limit: 20 }],
    });
    expect(budgetDefinitions(section, 'Europe/Berlin')).toEqual([
      { ...MONTHLY, name: 'organization', scope: [], limitAmount: 1e12 },
      { ...MONTHLY, name: 'tenant:zeta', scope: [{ field: 'tenant', value: 'zeta' }], limitAmount: 5e8 },
      { ...MONTHLY, name: 'tenant:acme', scope: [{ field: 'tenant', value: 'acme' }], limitAmount: 2e10 },
      { ...MONTHLY, name: 'everyone', scope: [], each: 'user', limitAmount: 2e10 },
    ]);
  });

  it('are none by default', () => {
    expect(budgetDefinitions(configSchema.parse({}).budgets, 'UTC')).toEqual([]);
  });

  it('in the short form have the defaults of the long one', () => {
    const short = budgetDefinitions(sectionOf({ tenants: { acme: { monthly_usd: 3 } } }), 'UTC');
    const long = define({ scope: { tenant: 'acme' }, limit: 3 });
    expect(short).toEqual([{ ...long, name: 'tenant:acme' }]);
  });

  it('keep a tenant named like the organisation apart', () => {
    const section = sectionOf({ monthly_usd: 1, tenants: { organization: { monthly_usd: 1 } } });
    expect(budgetDefinitions(section, 'UTC').map(({ name }) => name)).toEqual([
      'organization',
      'tenant:organization',
    ]);
  });

  it('report every name that is there twice and every limit that is too small to be money', () => {
    const section = sectionOf({
      monthly_usd: 1e-10,
      tenants: { acme: { monthly_usd: 1 } },
      definitions: [
        { name: 'organization', limit: 1 },
        { name: 'tenant:acme', limit: 1 },
      ],
    });
    const attempt = () => budgetDefinitions(section, 'UTC');
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      'budgets.monthly_usd: got 1e-10, expected at least 1e-9 USD\n' +
        'budgets.definitions.0.name: got "organization", expected a name that no other budget has\n' +
        'budgets.definitions.1.name: got "tenant:acme", expected a name that no other budget has',
    );
  });

  it('with one name twice are refused with the line', () => {
    const { error } = configSchema.safeParse({
      budgets: {
        definitions: [
          { name: 'a', limit: 1 },
          { name: 'a', limit: 2 },
        ],
      },
    });
    expect(error?.issues).toMatchObject([
      { path: ['budgets', 'definitions', 1, 'name'], message: 'expected a name that no other budget has' },
    ]);
  });
});

describe('a definition', () => {
  it('has its scope in one order, whatever order it was written in', () => {
    const { scope } = define({
      scope: { 'tag:b': '1', user: 'u', 'tag:a': '2', model: 'gpt-4o', tenant: 'acme', 'tag:__proto__': '3' },
    });
    expect(scope.map(({ field, value }) => `${field}=${value}`)).toEqual([
      'tenant=acme',
      'model=gpt-4o',
      'user=u',
      'tag:__proto__=3',
      'tag:a=2',
      'tag:b=1',
    ]);
  });

  test.each<[Wire, number]>([
    [{ unit: 'usd', limit: 0.1 }, 100_000_000],
    [{ unit: 'usd', limit: 1e-9 }, 1],
    [{ unit: 'tokens', limit: 5_000_000 }, 5_000_000],
    [{ unit: 'calls', limit: 1 }, 1],
    [{ unit: 'gpu_hours', limit: 0.5 }, 1_800_000],
  ])('%j is counted in amounts: %d', (wire, amount) => {
    expect(define(wire).limitAmount).toBe(amount);
    expect(
      define({ ...wire, override: { limit: wire.limit, until: '2026-12-24' } }).override?.limitAmount,
    ).toBe(amount);
  });

  test.each<[Partial<Wire>, BudgetDefinition['period']]>([
    [{ period: 'hour' }, { kind: 'hour' }],
    [{ period: 'day' }, { kind: 'day' }],
    [{ period: 'week' }, { kind: 'week' }],
    [{ period: 'quarter' }, { kind: 'quarter', startMonth: 1, startDay: 1 }],
    [
      { period: 'year', fiscal_start: '04-06' },
      { kind: 'year', startMonth: 4, startDay: 6 },
    ],
    [
      { period: 'month', fiscal_start: '10-28' },
      { kind: 'month', startMonth: 10, startDay: 28 },
    ],
    [
      { period: 'rolling', rolling_days: 30 },
      { kind: 'rolling', days: 30 },
    ],
  ])('%j', (wire, period) => {
    expect(define(wire).period).toEqual(period);
  });

  test.each<[what: string, text: string, timeZone: string | undefined, expected: string]>([
    ['its own', '2026-12-24', 'America/New_York', '2026-12-24T05:00:00.000Z'],
    ["the configuration's", '2026-12-24', undefined, '2026-12-23T23:00:00.000Z'],
    ['its own, where midnight is skipped', '2024-04-26', 'Africa/Cairo', '2024-04-25T22:00:00.000Z'],
    ['no', '2026-12-24T12:00:00+02:00', 'America/New_York', '2026-12-24T10:00:00.000Z'],
  ])('has days that begin at midnight of %s time zone', (_what, text, time_zone, expected) => {
    const { override, rollover } = define(
      { time_zone, override: { limit: 1, until: text }, rollover: { since: text } },
      'Europe/Berlin',
    );
    expect(iso(override?.untilMs)).toBe(expected);
    expect(iso(rollover?.sinceMs)).toBe(expected);
    expect(rollover?.maximumRatio).toBe(1);
  });

  it('has each threshold once, in order', () => {
    expect(define({ thresholds: [1, 0.5, 1, 0.75] }).thresholds).toEqual([0.5, 0.75, 1]);
  });

  it('that is hard may throttle', () => {
    expect(define({ enforcement: 'hard', throttle_ratio: 0.9 })).toMatchObject({
      isHard: true,
      throttleRatio: 0.9,
    });
  });

  it('is frozen', () => {
    const definition = define({ scope: { tenant: 'acme' } });
    expect(
      [definition, definition.scope, definition.scope[0], definition.period, definition.thresholds].every(
        Object.isFrozen,
      ),
    ).toBe(true);
  });
});

describe('refused is', () => {
  const proto = JSON.parse('{"__proto__": "acme"}') as Record<string, string>;
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`tag:${at}`, 'x']));

  test.each<[what: string, wire: Record<string, unknown>, path: string, message: RegExp]>([
    [
      'an unknown scope',
      { scope: { tennant: 'acme' } },
      'scope.tennant',
      /^expected tenant, .*, user or tag:<key>$/,
    ],
    ['a tag without a key', { scope: { 'tag:': 'a' } }, 'scope.tag:', /tag:<key>$/],
    ['a key that would be lost', { scope: proto }, 'scope.__proto__', /tag:<key>$/],
    ['an empty value', { scope: { tenant: '' } }, 'scope.tenant', /to have >=1 characters/],
    ['a value that is no text', { scope: { tenant: 7 } }, 'scope.tenant', /expected string/],
    ['a scope that is a list', { scope: [] }, 'scope', /expected record/],
    ['a scope of too many fields', { scope: many }, 'scope', /^expected at most 16 fields$/],
    [
      'a category that is none',
      { scope: { category: 'api' } },
      'scope.category',
      /^expected one of .*api_external/,
    ],
    ['each of what is none', { each: 'usr' }, 'each', /^expected tenant, .* or tag:<key>$/],
    [
      'each of what has one value',
      { scope: { user: 'u' }, each: 'user' },
      'each',
      /^expected a field that is not in scope/,
    ],
    ['a rolling period without days', { period: 'rolling' }, 'rolling_days', /^expected the number of days/],
    ['rolling days of a month', { rolling_days: 30 }, 'rolling_days', /^expected with period rolling only$/],
    ['too many rolling days', { period: 'rolling', rolling_days: 367 }, 'rolling_days', /<=366/],
    [
      'a fiscal week',
      { period: 'week', fiscal_start: '04-06' },
      'fiscal_start',
      /^expected with period month/,
    ],
    [
      'a fiscal year from 29 February',
      { period: 'year', fiscal_start: '02-29' },
      'fiscal_start',
      /up to day 28/,
    ],
    [
      'a soft budget that throttles',
      { throttle_ratio: 0.9 },
      'throttle_ratio',
      /^expected with enforcement hard only$/,
    ],
    [
      'rollover of a rolling period',
      { period: 'rolling', rolling_days: 7, rollover: { since: '2026-01-01' } },
      'rollover',
      /no period before$/,
    ],
    ['a limit of nothing', { limit: 0 }, 'limit', />0/],
    ['less than a nano-USD', { limit: 1e-10 }, 'limit', /^expected at least 1e-9 USD$/],
    ['half a call', { unit: 'calls', limit: 1.5 }, 'limit', /^expected a whole number of calls$/],
    [
      'part of a token',
      { unit: 'tokens', override: { limit: 0.1, until: '2026-12-24' }, limit: 1 },
      'override.limit',
      /whole number of tokens$/,
    ],
    ['less than a millisecond', { unit: 'gpu_hours', limit: 1e-9 }, 'limit', /millisecond/],
    [
      'a day that is none',
      { override: { limit: 1, until: '2026-02-30' } },
      'override.until',
      /^expected a day/,
    ],
    [
      'a time without offset',
      { rollover: { since: '2026-01-01T00:00:00' } },
      'rollover.since',
      /^expected a day/,
    ],
    ['a zone that is none', { time_zone: '+02:00' }, 'time_zone', /^expected an IANA time zone/],
    ['too many thresholds', { thresholds: Array.from({ length: 21 }, () => 1) }, 'thresholds', /<=20/],
    ['an unknown field', { limmit: 3 }, '', /limmit/],
  ])('%s', (_what, wire, path, message) => {
    const { error } = budgetBody.safeParse({ limit: 100, ...wire });
    const issues = error?.issues.map((issue) => [issue.path.join('.'), issue.message]);
    expect(issues).toEqual([[path, expect.stringMatching(message)]]);
  });

  test.each([
    ['', />=1 characters/],
    ['n'.repeat(257), /<=256 characters/],
    ['a\nb', /printable/],
    ['a\u202Eb', /printable/],
    ['\uD800', /printable/],
    ['..', /expected a name other than/],
    ['history', /expected a name other than check, reservations, history/],
  ])('the name %j', (name, message) => {
    const { error } = budgetSettings.safeParse({ name, limit: 1 });
    expect(error?.issues[0]?.message).toMatch(message);
  });
});

test.each(['tenant:acme', 'Großes Budget 2026/27', 'a.b', '50 % + ☕', 'n'.repeat(256)])(
  '%j is a name',
  (name) => {
    expect(budgetSettings.parse({ name, limit: 1 }).name).toBe(name);
  },
);
