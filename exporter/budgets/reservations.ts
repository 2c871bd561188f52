import { randomUUID } from 'node:crypto';
import { CodedError } from '../domain/errors.ts';
import type { Account } from './account.ts';
import { type Circumstances, decide, type Estimate, type Judgement, paceMs } from './decide.ts';
import { accountKey, HeldAmounts, type Hold } from './held-amounts.ts';

/** What a question is decided by, beside the accounts and the estimate. */
export type Question = Pick<Circumstances, 'nowMs' | 'isCounting' | 'whenUnknown'>;

export interface ReservationTerms {
  readonly seconds: number;
  readonly idempotencyKey: string | undefined;
}

export interface Reservation {
  readonly id: string;
  readonly idempotencyKey: string | undefined;
  /** On the monotonic clock; a whole second. */
  readonly endsMs: number;
  readonly holds: readonly Hold[];
}

const SECOND_MS = 1000;

/**
 * Promises of budget to calls under way, each until it is settled, released, or its time is over. Deciding and holding
 * are one synchronous step, so no two calls are promised the same money. In memory: a restart forgets them.
 * They end on whole seconds, so that those that end together are found together, without a timer for each.
 */
export class Reservations {
  readonly #limit: number;
  readonly #monotonic: () => number;
  /** Those that can be settled. */
  readonly #open = new Map<string, Reservation>();
  readonly #byKey = new Map<string, Reservation>();
  readonly #endings = new Map<number, Set<Reservation>>();
  readonly #held = new HeldAmounts();
  /** When throttled accounts let the next call through, the oldest first. */
  readonly #paces = new Map<string, number>();
  #size = 0;
  #expiredMs = Number.NEGATIVE_INFINITY;

  /** `limit`: reservations at a time. */
  constructor(limit: number, monotonic: () => number) {
    this.#limit = limit;
    this.#monotonic = monotonic;
  }

  /** Whatever holds an amount: open, being settled, or settled and waiting for its usage. */
  get size(): number {
    return this.#size;
  }

  /** Whether a call may run. If so, accounts that are throttled begin to wait. */
  check(accounts: readonly Account[], estimate: Estimate, question: Question): Judgement {
    this.expire();
    const atMs = this.#monotonic();
    for (const account of accounts) this.#held.refresh(account);
    const judgement = decide(accounts, estimate, {
      ...question,
      reservedForMs: (account) => this.#held.firstEndingMs(account) - atMs,
      pausedForMs: (account) => Math.max(0, (this.#paces.get(accountKey(account)) ?? atMs) - atMs),
    });
    if (judgement.decision === 'allow') {
      for (const { account } of judgement.verdicts) {
        const pauseMs = paceMs(account, estimate[account.definition.unit] ?? 0, question.nowMs);
        if (pauseMs > 0) this.#pace(accountKey(account), atMs + pauseMs);
      }
    }
    return judgement;
  }

  /** `check`, and if the call may run its estimate is held. Throws `reservations_full`. */
  reserve(
    accounts: readonly Account[],
    estimate: Estimate,
    question: Question,
    { seconds, idempotencyKey }: ReservationTerms,
  ): { readonly judgement: Judgement; readonly reservation: Reservation | undefined } {
    this.expire();
    if (this.#size >= this.#limit) {
      throw new CodedError(
        'reservations_full',
        `${this.#size} reservations are held, as many as budgets.reservations allows; settle or release them, or let them end sooner (ttl_seconds)`,
      );
    }
    const judgement = this.check(accounts, estimate, question);
    if (judgement.decision !== 'allow') return { judgement, reservation: undefined };
    const endsMs = Math.ceil(this.#monotonic() / SECOND_MS + seconds) * SECOND_MS;
    const holds = accounts.map((account) =>
      this.#held.hold(account, estimate[account.definition.unit] ?? 0, endsMs),
    );
    const reservation = { id: randomUUID(), idempotencyKey, endsMs, holds };
    this.#size += 1;
    this.putBack(reservation);
    return { judgement, reservation };
  }

  /** The open one that was reserved under the key. */
  reservedAs(idempotencyKey: string): Reservation | undefined {
    this.expire();
    return this.#byKey.get(idempotencyKey);
  }

  /**
   * Takes an open reservation out, so that it is settled or released once. What it holds stays held until `giveBack`,
   * `keep` or `putBack`, one of which has to follow. Throws `reservation_not_found`.
   */
  take(id: string): Reservation {
    this.expire();
    const reservation = this.#open.get(id);
    if (!reservation) {
      throw new CodedError(
        'reservation_not_found',
        'no such reservation: it was settled or released before, or its time is over. Nothing has to be done about it; usage counts by itself, send what was not sent to POST /v1/usage',
      );
    }
    this.#close(reservation);
    const ending = this.#endings.get(reservation.endsMs);
    ending?.delete(reservation);
    if (ending?.size === 0) this.#endings.delete(reservation.endsMs);
    return reservation;
  }

  /** As if it had not been taken: with its own end, be that past. */
  putBack(reservation: Reservation): void {
    this.#open.set(reservation.id, reservation);
    const { idempotencyKey } = reservation;
    if (idempotencyKey !== undefined && !this.#byKey.has(idempotencyKey))
      this.#byKey.set(idempotencyKey, reservation);
    this.#endLater(reservation);
  }

  /** Of a taken one: the call's usage is counted, or there is none. */
  giveBack({ holds }: Reservation): void {
    this.#size -= 1;
    for (const hold of holds) this.#held.giveBack(hold);
  }

  /** Of a taken one: the call took this (its estimate, where undefined) and its usage is still to come. Held to its end. */
  keep(reservation: Reservation, taken: Estimate): void {
    for (const hold of reservation.holds) this.#held.change(hold, taken[hold.held.unit] ?? hold.amount);
    this.#endLater(reservation);
  }

  /** Gives back what has ended. To be called before held amounts are read by another way than this. */
  expire(): void {
    const nowMs = this.#monotonic();
    if (nowMs < this.#expiredMs + SECOND_MS) return;
    this.#expiredMs = Math.floor(nowMs / SECOND_MS) * SECOND_MS;
    for (const [endsMs, reservations] of this.#endings) {
      if (endsMs > nowMs) continue;
      this.#endings.delete(endsMs);
      for (const reservation of reservations) {
        this.#close(reservation);
        this.giveBack(reservation);
      }
    }
  }

  #close(reservation: Reservation): void {
    const { id, idempotencyKey } = reservation;
    this.#open.delete(id);
    // One that was settled and is still held has left its key to others.
    if (idempotencyKey !== undefined && this.#byKey.get(idempotencyKey) === reservation)
      this.#byKey.delete(idempotencyKey);
  }

  #endLater(reservation: Reservation): void {
    const together = this.#endings.get(reservation.endsMs) ?? new Set();
    this.#endings.set(reservation.endsMs, together.add(reservation));
  }

  #pace(key: string, untilMs: number): void {
    this.#paces.delete(key);
    this.#paces.set(key, untilMs);
    if (this.#paces.size <= this.#limit) return;
    const [oldest] = this.#paces.keys();
    this.#paces.delete(oldest!);
  }
}
