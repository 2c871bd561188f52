import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../exporter/budgets/account.ts';
import { type Question, type Reservation, Reservations } from '../../exporter/budgets/reservations.ts';
import { NOW_MS } from '../support/charges.ts';
import { type AccountFields, costing, givenAccount } from './given-account.ts';

const QUESTION: Question = { nowMs: NOW_MS, isCounting: true, whenUnknown: 'allow' };

/** Reservations on a clock that is moved by hand. */
function given({ limit = 100, account: fields = {} as AccountFields } = {}) {
  const clock = { ms: 0 };
  const reservations = new Reservations(limit, () => clock.ms);
  const account = givenAccount(fields);
  const reserve = (amount: number, seconds = 60, idempotencyKey?: string, accounts = [account]) =>
    reservations.reserve(accounts, costing(amount), QUESTION, { seconds, idempotencyKey });
  return {
    clock,
    reservations,
    account,
    reserve,
    /** One that is allowed. */
    hold: (...terms: Parameters<typeof reserve>): Reservation => reserve(...terms).reservation!,
    check: (amount: number, accounts: Account[] = [account]) =>
      reservations.check(accounts, costing(amount), QUESTION).strictest,
  };
}

const notFound = expect.objectContaining({ code: 'reservation_not_found' });

describe('a reservation', () => {
  it('holds its estimate until it is given back', () => {
    const { reservations, account, hold, check } = given();
    const { id } = hold(600);
    expect(account.reservedAmount).toBe(600);
    expect(check(401)).toMatchObject({ decision: 'block', reason: 'reserved' });
    expect(check(400)).toMatchObject({ decision: 'allow' });
    reservations.giveBack(reservations.take(id));
    expect(account.reservedAmount).toBe(0);
    expect(check(1000)).toMatchObject({ decision: 'allow' });
    expect(() => reservations.take(id)).toThrow(notFound);
  });

  it('holds nothing where the call may not run', () => {
    const { reservations, account, reserve } = given({ account: { spentAmount: 500 } });
    expect(reserve(501)).toMatchObject({ judgement: { decision: 'block' }, reservation: undefined });
    expect([account.reservedAmount, reservations.size]).toEqual([0, 0]);
  });

  it('holds of every budget in the unit of each, soft ones too', () => {
    const { reservations, hold } = given();
    const unit = (unit: 'usd' | 'tokens' | 'calls', isHard: boolean) =>
      givenAccount({ limitAmount: 1e9, definition: { name: unit, unit, isHard } });
    const accounts = [unit('usd', true), unit('tokens', false), unit('calls', true)];
    const { id } = hold(70, 60, undefined, accounts);
    expect(accounts.map(({ reservedAmount }) => reservedAmount)).toEqual([70, 700, 1]);
    reservations.giveBack(reservations.take(id));
    expect(accounts.map(({ reservedAmount }) => reservedAmount)).toEqual([0, 0, 0]);
  });

  it('keeps subjects of one budget apart', () => {
    const { hold, check } = given();
    const of = (subject: string) => givenAccount({ subject, definition: { each: 'user' } });
    hold(900, 60, undefined, [of('ann')]);
    expect(check(900, [of('ann')])).toMatchObject({ decision: 'block' });
    expect(check(900, [of('bob')])).toMatchObject({ decision: 'allow' });
  });

  it('ends with its time, to the second', () => {
    const { clock, reservations, account, hold, check } = given();
    clock.ms = 5_500;
    const { id, endsMs } = hold(600, 2);
    expect(endsMs).toBe(8000);
    clock.ms = 7999;
    expect(check(500)).toMatchObject({ reason: 'reserved', retryAfterMs: 1 });
    clock.ms = 8000;
    reservations.expire();
    expect([account.reservedAmount, reservations.size]).toEqual([0, 0]);
    expect(() => reservations.take(id)).toThrow(notFound);
  });

  it('waits for the first to end where several are in the way', () => {
    const { clock, hold, check } = given();
    hold(300, 30);
    hold(300, 10);
    hold(300, 20);
    clock.ms = 4000;
    expect(check(200)).toMatchObject({ reason: 'reserved', retryAfterMs: 6000 });
    clock.ms = 10_000;
    expect(check(500)).toMatchObject({ reason: 'reserved', retryAfterMs: 10_000 });
  });

  it('is refused where there are too many, and again once some have ended', () => {
    const { clock, reserve } = given({ limit: 2 });
    reserve(1, 10);
    reserve(1, 20);
    expect(() => reserve(1)).toThrow(expect.objectContaining({ code: 'reservations_full' }));
    clock.ms = 10_000;
    expect(reserve(1).reservation).toBeDefined();
  });

  it('is found by the key of the client while it is open', () => {
    const { clock, reservations, hold } = given();
    const first = hold(100, 10, 'acme\0call-1');
    expect(reservations.reservedAs('acme\0call-1')).toBe(first);
    reservations.take(first.id);
    expect(reservations.reservedAs('acme\0call-1')).toBeUndefined();
    reservations.keep(first, costing(100));
    const second = hold(100, 30, 'acme\0call-1');
    clock.ms = 10_000;
    expect(reservations.reservedAs('acme\0call-1')).toBe(second);
    clock.ms = 30_000;
    expect(reservations.reservedAs('acme\0call-1')).toBeUndefined();
  });
});

describe('a reservation that is settled', () => {
  it('is held while its usage is stored, past its end', () => {
    const { clock, reservations, account, hold } = given();
    const taken = reservations.take(hold(600, 5).id);
    clock.ms = 60_000;
    reservations.expire();
    expect(account.reservedAmount).toBe(600);
    reservations.giveBack(taken);
    expect([account.reservedAmount, reservations.size]).toEqual([0, 0]);
  });

  it('can be settled again where its usage could not be stored', () => {
    const { clock, reservations, account, hold } = given();
    const { id } = hold(600, 5);
    reservations.putBack(reservations.take(id));
    expect(account.reservedAmount).toBe(600);
    reservations.putBack(reservations.take(id));
    clock.ms = 5000;
    expect(() => reservations.take(id)).toThrow(notFound);
    expect(account.reservedAmount).toBe(0);
  });

  it('holds what the call took until its end, and what is not told as it was', () => {
    const { clock, reservations, hold } = given();
    const usd = givenAccount();
    const tokens = givenAccount({ limitAmount: 1e6, definition: { name: 'tokens', unit: 'tokens' } });
    const { id } = hold(600, 5, undefined, [usd, tokens]);
    reservations.keep(reservations.take(id), { ...costing(0), usd: 700, tokens: undefined });
    expect([usd.reservedAmount, tokens.reservedAmount]).toEqual([700, 6000]);
    expect(() => reservations.take(id)).toThrow(notFound);
    clock.ms = 5000;
    reservations.expire();
    expect([usd.reservedAmount, tokens.reservedAmount, reservations.size]).toEqual([0, 0, 0]);
  });
});

describe('a budget that is defined anew', () => {
  it('keeps what is promised of it', () => {
    const { reservations, hold, check } = given();
    const { id } = hold(600);
    const anew = givenAccount({ limitAmount: 900 });
    expect(check(301, [anew])).toMatchObject({ decision: 'block', reason: 'reserved' });
    expect(anew.reservedAmount).toBe(600);
    reservations.giveBack(reservations.take(id));
    expect(anew.reservedAmount).toBe(0);
  });

  it('in another unit is promised to nobody', () => {
    const { hold, check } = given();
    hold(600);
    const anew = givenAccount({ definition: { unit: 'calls' } });
    expect(check(1, [anew])).toMatchObject({ decision: 'allow' });
    expect(anew.reservedAmount).toBe(0);
  });
});

describe('a throttled budget', () => {
  const account = { spentAmount: 800, definition: { throttleRatio: 0.8 } };

  it('lets one call through, and the next after its share of the time', () => {
    const { clock, hold, check } = given({ account });
    hold(20);
    const waitMs = (Date.UTC(2026, 11, 1) - NOW_MS) / 10;
    expect(check(20)).toMatchObject({ decision: 'throttle', reason: 'pace', retryAfterMs: waitMs });
    clock.ms = waitMs - 1;
    expect(check(20)).toMatchObject({ decision: 'throttle', retryAfterMs: 1 });
    clock.ms = waitMs;
    expect(check(20)).toMatchObject({ decision: 'allow' });
    expect(check(20)).toMatchObject({ decision: 'throttle' });
  });

  it('does not wait for calls that another budget blocks', () => {
    const { check, account: throttled } = given({ account });
    const spent = givenAccount({ spentAmount: 1000, definition: { name: 'spent' } });
    expect(check(20, [throttled, spent])).toMatchObject({ decision: 'block' });
    expect(check(20)).toMatchObject({ decision: 'allow' });
  });
});

it('holds exactly what is open at any time, and never promises more than there is', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant('reserve'),
        n: fc.nat(400),
        seconds: fc.integer({ min: 1, max: 9 }),
      }),
    },
    fc.record({ op: fc.constantFrom('release', 'keep', 'return'), n: fc.nat(20), seconds: fc.nat(400) }),
    fc.record({ op: fc.constant('spend'), n: fc.nat(20), seconds: fc.constant(0) }),
    fc.record({ op: fc.constant('wait'), n: fc.nat(4000), seconds: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { clock, reservations, reserve } = given();
      const account = { ...givenAccount(), spentAmount: 0 };
      const model = new Map<string, { amount: number; endsMs: number; isOpen: boolean }>();
      const openAt = (n: number) => {
        const open = [...model].filter(([, { isOpen }]) => isOpen);
        return open[n % open.length];
      };
      for (const { op, n, seconds } of steps) {
        if (op === 'wait') clock.ms += n;
        for (const [id, { endsMs }] of model) if (endsMs <= clock.ms) model.delete(id);
        const held = () => [...model.values()].reduce((sum, { amount }) => sum + amount, 0);
        if (op === 'reserve') {
          const { judgement, reservation } = reserve(n, seconds, undefined, [account]);
          expect(judgement.decision).toBe(account.spentAmount + held() + n <= 1000 ? 'allow' : 'block');
          if (reservation) model.set(reservation.id, { amount: n, endsMs: reservation.endsMs, isOpen: true });
        }
        const [id, known] = openAt(n) ?? [];
        if (id !== undefined && known) {
          if (op === 'release' || op === 'spend') {
            const taken = reservations.take(id);
            if (op === 'spend') account.spentAmount += known.amount;
            reservations.giveBack(taken);
            model.delete(id);
          } else if (op === 'return') reservations.putBack(reservations.take(id));
          else if (op === 'keep') {
            reservations.keep(reservations.take(id), { ...costing(0), usd: Math.min(seconds, known.amount) });
            model.set(id, { ...known, amount: Math.min(seconds, known.amount), isOpen: false });
          }
        }
        reservations.expire();
        expect([account.reservedAmount, reservations.size]).toEqual([held(), model.size]);
        expect(account.spentAmount + account.reservedAmount).toBeLessThanOrEqual(1000);
      }
    }),
  );
});
