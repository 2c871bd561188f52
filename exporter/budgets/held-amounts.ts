import type { BudgetUnit } from '../domain/budget.ts';
import type { Account } from './account.ts';

/** What all reservations hold of one account. It goes by the budget's name, so it outlives a new definition of the budget. */
export interface Held {
  readonly key: string;
  readonly unit: BudgetUnit;
  /** As it was last seen. */
  account: Account;
  amount: number;
  /** How many holds end when. */
  readonly endings: Map<number, number>;
}

/** One reservation's part of an account. */
export interface Hold {
  readonly held: Held;
  readonly endsMs: number;
  amount: number;
}

/** Promised amounts by account, and when the first of them ends. Remembers nothing of an account without holds. */
export class HeldAmounts {
  readonly #byKey = new Map<string, Held>();

  /** What is held of the account's budget is held of the account, however new that is. */
  refresh(account: Account): void {
    const held = this.#byKey.get(accountKey(account));
    if (held) held.account = account;
    const amount = held?.amount ?? 0;
    if (account.reservedAmount !== amount) account.reservedAmount = amount;
  }

  hold(account: Account, amount: number, endsMs: number): Hold {
    const key = accountKey(account);
    let held = this.#byKey.get(key);
    if (!held) {
      held = { key, unit: account.definition.unit, account, amount: 0, endings: new Map() };
      this.#byKey.set(key, held);
    }
    held.endings.set(endsMs, (held.endings.get(endsMs) ?? 0) + 1);
    const hold = { held, endsMs, amount: 0 };
    this.change(hold, amount);
    return hold;
  }

  change(hold: Hold, amount: number): void {
    const { held } = hold;
    held.amount += amount - hold.amount;
    hold.amount = amount;
    held.account.reservedAmount = held.amount;
  }

  /** Once for each hold. */
  giveBack(hold: Hold): void {
    this.change(hold, 0);
    const { key, endings } = hold.held;
    const others = endings.get(hold.endsMs)! - 1;
    if (others > 0) endings.set(hold.endsMs, others);
    else endings.delete(hold.endsMs);
    if (endings.size === 0) this.#byKey.delete(key);
  }

  /** Infinity if there is none. */
  firstEndingMs(account: Account): number {
    return Math.min(...(this.#byKey.get(accountKey(account))?.endings.keys() ?? []));
  }
}

/** With the unit: an amount of another one has no meaning to the account. */
export function accountKey({ definition: { name, unit }, subject = '' }: Account): string {
  return `${unit} ${name}\0${subject}`;
}
