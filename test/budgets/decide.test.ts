import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type Circumstances,
  DECISIONS,
  decide,
  type Estimate,
  paceMs,
} from '../../exporter/budgets/decide.ts';
import { NOW_MS } from '../support/charges.ts';
import { type AccountFields, costing, givenAccount, PERIOD } from './given-account.ts';

const UNTIL_END_MS = PERIOD.endMs - NOW_MS;

const circumstances = (fields: Partial<Circumstances> = {}): Circumstances => ({
  nowMs: NOW_MS,
  isCounting: true,
  whenUnknown: 'allow',
  reservedForMs: () => 7000,
  pausedForMs: () => 0,
  ...fields,
});

const decisionOf = (
  account: AccountFields,
  estimate: Estimate = costing(100),
  fields: Partial<Circumstances> = {},
) => {
  const { strictest } = decide([givenAccount(account)], estimate, circumstances(fields));
  const { decision, reason, retryAfterMs } = strictest!;
  return { decision, reason, retryAfterMs };
};

describe('one hard budget of 1000', () => {
  const block = (reason: string, retryAfterMs?: number) => ({ decision: 'block', reason, retryAfterMs });
  const allow = (reason?: string) => ({ decision: 'allow', reason, retryAfterMs: undefined });
  test.each<[what: string, account: AccountFields, fields: Partial<Circumstances>, expected: object]>([
    ['nothing spent', {}, {}, allow()],
    ['the call takes all that is left', { spentAmount: 900 }, {}, allow()],
    ['one nano-USD too much', { spentAmount: 901 }, {}, block('limit', UNTIL_END_MS)],
    ['overspent', { spentAmount: 5000 }, {}, block('limit', UNTIL_END_MS)],
    ['promised to others, with room', { spentAmount: 400, reservedAmount: 500 }, {}, allow()],
    ['only promises in the way', { spentAmount: 400, reservedAmount: 501 }, {}, block('reserved', 7000)],
    [
      'promises that outlive the period',
      { spentAmount: 400, reservedAmount: 501 },
      { reservedForMs: () => UNTIL_END_MS + 1 },
      block('reserved', UNTIL_END_MS),
    ],
    ['spent and promised', { spentAmount: 901, reservedAmount: 50 }, {}, block('limit', UNTIL_END_MS)],
    ['an override of 50', { limitAmount: 50 }, {}, block('limit', UNTIL_END_MS)],
    ['spend unknown, open', { spentAmount: undefined }, {}, allow('unknown')],
    ['spend unknown, closed', { spentAmount: undefined }, { whenUnknown: 'block' }, block('unknown', 5000)],
    ['not counting, open', {}, { isCounting: false }, allow('unknown')],
    ['not counting, closed', {}, { isCounting: false, whenUnknown: 'block' }, block('unknown', 5000)],
    [
      'not counting, open, but overspent before',
      { spentAmount: 950 },
      { isCounting: false },
      block('limit', UNTIL_END_MS),
    ],
    [
      'spend unknown, open, but promised already',
      { spentAmount: undefined, reservedAmount: 950 },
      {},
      block('reserved', 7000),
    ],
  ])('%s', (_what, account, fields, expected) => {
    expect(decisionOf(account, costing(100), fields)).toEqual(expected);
  });

  it('knows calls whose cost nobody knows', () => {
    const unpriced = { ...costing(0), usd: undefined };
    expect(decisionOf({}, unpriced)).toEqual(allow('unknown'));
    expect(decisionOf({}, unpriced, { whenUnknown: 'block' })).toEqual(block('unknown'));
    expect(decisionOf({ spentAmount: 1001 }, unpriced)).toEqual(block('limit', UNTIL_END_MS));
    expect(decisionOf({ definition: { unit: 'calls' } }, unpriced, { whenUnknown: 'block' })).toEqual(
      allow(),
    );
  });

  it('counts in its own unit', () => {
    expect(decisionOf({ definition: { unit: 'tokens' } })).toEqual(allow());
    expect(decisionOf({ definition: { unit: 'tokens' } }, costing(101))).toEqual(
      block('limit', UNTIL_END_MS),
    );
    expect(decisionOf({ definition: { unit: 'calls' }, spentAmount: 999 })).toEqual(allow());
    expect(decisionOf({ definition: { unit: 'calls' }, spentAmount: 1000 })).toEqual(
      block('limit', UNTIL_END_MS),
    );
  });
});

describe('a throttled budget', () => {
  const definition = { throttleRatio: 0.8 };
  const wait = { pausedForMs: () => 250 };
  test.each<[spentAmount: number, reservedAmount: number, decision: string]>([
    [799, 0, 'allow'],
    [800, 0, 'throttle'],
    [700, 99, 'allow'],
    [700, 100, 'throttle'],
    [990, 0, 'block'],
  ])('%i spent, %i reserved: %s while it waits', (spentAmount, reservedAmount, decision) => {
    const account = { definition, spentAmount, reservedAmount };
    expect(decisionOf(account, costing(20), wait).decision).toBe(decision);
    expect(decisionOf(account, costing(20)).decision).toBe(decision === 'block' ? 'block' : 'allow');
  });

  it('says how long it waits', () => {
    expect(decisionOf({ definition, spentAmount: 800 }, costing(20), wait)).toEqual({
      decision: 'throttle',
      reason: 'pace',
      retryAfterMs: 250,
    });
  });

  it('waits so long that calls of that size last to the end', () => {
    const account = givenAccount({ definition, spentAmount: 800 });
    expect(paceMs(account, 20, NOW_MS)).toBe(UNTIL_END_MS / 10);
    expect(paceMs(givenAccount({ definition, spentAmount: 799 }), 20, NOW_MS)).toBe(0);
    expect(paceMs(givenAccount({ spentAmount: 999 }), 1, NOW_MS)).toBe(0);
    expect(paceMs(givenAccount({ definition, spentAmount: 1000 }), 0, NOW_MS)).toBe(0);
  });

  it('lets through what the rest of the budget lasts for, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 800, max: 999 }), fc.integer({ min: 1, max: 50 }), (spent, cost) => {
        let spentAmount = spent;
        let nowMs = NOW_MS;
        while (nowMs < PERIOD.endMs && spentAmount + cost <= 1000) {
          const account = givenAccount({ definition, spentAmount });
          const leftBefore = (PERIOD.endMs - nowMs) / (1000 - spentAmount);
          nowMs += paceMs(account, cost, nowMs);
          spentAmount += cost;
          if (spentAmount < 1000) {
            expect((PERIOD.endMs - nowMs) / (1000 - spentAmount)).toBeCloseTo(leftBefore, 0);
          }
        }
        expect(PERIOD.endMs - nowMs).toBeLessThanOrEqual(UNTIL_END_MS * (cost / (1000 - spent)) + 1);
      }),
    );
  });
});

describe('several budgets', () => {
  const named = (name: string, fields: AccountFields = {}) =>
    givenAccount({ ...fields, definition: { name, ...fields.definition } });

  it('allows what concerns no hard budget', () => {
    expect(decide([], costing(1), circumstances())).toEqual({
      decision: 'allow',
      strictest: undefined,
      verdicts: [],
      overspent: [],
    });
  });

  it('is as strict as the strictest, in whatever order', () => {
    const accounts = [
      named('free'),
      named('slow', { spentAmount: 900, definition: { name: 'slow', throttleRatio: 0.5 } }),
      named('held', { spentAmount: 500, reservedAmount: 450 }),
      named('spent', { spentAmount: 950 }),
      named('unknown', { spentAmount: undefined }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(accounts, { minLength: 1 }), (some) => {
        const { decision, strictest, verdicts } = decide(
          some,
          costing(100),
          circumstances({ pausedForMs: () => 60_000 }),
        );
        const names = some.map(({ definition }) => definition.name);
        const expected = ['spent', 'held', 'slow', 'unknown', 'free'].find((name) => names.includes(name));
        expect(strictest?.account.definition.name).toBe(expected);
        expect(verdicts.map(({ account }) => account)).toEqual(some);
        expect(decision).toBe(DECISIONS[Math.max(...verdicts.map((v) => DECISIONS.indexOf(v.decision)))]);
      }),
    );
  });

  it('takes a block that waiting does not end for the strictest', () => {
    const unpriced = { ...costing(0), usd: undefined };
    const { strictest } = decide(
      [named('spent', { spentAmount: 1001 }), named('no-price')],
      unpriced,
      circumstances({ whenUnknown: 'block' }),
    );
    expect(strictest).toMatchObject({ reason: 'unknown', account: { definition: { name: 'no-price' } } });
  });

  it('names soft ones that are overspent, which are in no way of it', () => {
    const soft = { definition: { isHard: false } };
    const over = givenAccount({ ...soft, spentAmount: 950 });
    const within = givenAccount({ ...soft, spentAmount: 900 });
    const unknown = givenAccount({ ...soft, spentAmount: undefined });
    expect(decide([over, within, unknown], costing(100), circumstances({ whenUnknown: 'block' }))).toEqual({
      decision: 'allow',
      strictest: undefined,
      verdicts: [],
      overspent: [over],
    });
  });
});
