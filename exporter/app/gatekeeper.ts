import type { Account } from '../budgets/account.ts';
import type { Decision, DecisionReason, Estimate, Judgement } from '../budgets/decide.ts';
import { DecisionCounts } from '../budgets/decision-counts.ts';
import { type Question, type Reservation, Reservations } from '../budgets/reservations.ts';
import { AMOUNTS_PER_UNIT, type BudgetDefinition, type BudgetUnit } from '../domain/budget.ts';
import type { Scoped } from '../domain/budget-scope.ts';
import { emptyPerMeter, METER } from '../domain/meters.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';
import type { Ports } from '../domain/ports.ts';
import type { SampleBlock } from '../domain/samples.ts';
import type { Dimensions } from '../domain/usage-event.ts';
import type { Pricing } from '../pricing/index.ts';
import type { IngestAnswer } from './app.ts';
import { type Amounts, type DecisionQuestion, DecisionReader } from './decision-request.ts';

/** What is said to a call that asks. */
export interface DecisionAnswer {
  readonly decision: Decision;
  readonly allowed: boolean;
  /** Of the strictest budget. */
  readonly reason?: DecisionReason;
  readonly budget?: string;
  readonly retry_after_seconds?: number;
  /** What each hard budget has left, less what is promised; in its unit. None of a budget that is not known. */
  readonly remaining: readonly {
    readonly budget: string;
    readonly unit: BudgetUnit;
    readonly amount: number;
  }[];
  readonly reservation_id?: string;
  readonly expires_at?: string;
  /** Soft budgets that the call overspends. */
  readonly warnings?: readonly { readonly budget: string; readonly reason: 'limit' }[];
}

/** `settled` is false where some of the events were rejected: the reservation is held on, to be settled with mended ones. */
export type SettleAnswer =
  | ({ readonly settled: boolean } & IngestAnswer)
  /** What is held until the usage comes by another way, at most until then. */
  | { readonly settled: true; readonly held_until: string };

export interface GatekeeperOptions {
  readonly settings: {
    readonly when_unknown: 'allow' | 'block';
    readonly reservation_seconds: number;
    readonly reservations: number;
  };
  readonly accountsFor: (scoped: Scoped) => readonly Account[];
  readonly definitions: () => readonly BudgetDefinition[];
  readonly pricing: () => Pricing;
  /** Whether usage is counted as it comes. */
  readonly isCounting: () => boolean;
  /** Takes in the body of a `POST /v1/usage`; resolves when it is counted. */
  readonly takeIn: (body: Buffer) => Promise<IngestAnswer>;
  readonly ports: Ports;
}

/** Hard limits: answers whether a call may run, and holds what it was promised until its usage is counted. */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;
  readonly #reader = new DecisionReader();
  readonly #reservations: Reservations;
  readonly #counts = new DecisionCounts();
  /** Of open reservations: what prices the tokens that they are settled with. */
  readonly #dimensions = new WeakMap<Reservation, Dimensions>();

  constructor(options: GatekeeperOptions) {
    this.#options = options;
    this.#reservations = new Reservations(options.settings.reservations, options.ports.monotonic);
  }

  /** May the call of the body run? Nothing is held for it. */
  check(body: Buffer): DecisionAnswer {
    const question = this.#reader.check(body);
    const accounts = this.#accountsOf(question);
    const estimate = this.#estimateOf(question.estimate, question.scopes[0]!.dimensions);
    const judgement = this.#reservations.check(accounts, estimate, this.#circumstances());
    return this.#answer(judgement, accounts);
  }

  /** The same, and what it takes is held for it. Throws `reservations_full`. */
  reserve(body: Buffer): DecisionAnswer {
    const { ttlSeconds, idempotencyKey, ...question } = this.#reader.reserve(body);
    const accounts = this.#accountsOf(question);
    const known = idempotencyKey === undefined ? undefined : this.#reservations.reservedAs(idempotencyKey);
    if (known) {
      const remaining = accounts.flatMap(remainingOf);
      return { decision: 'allow', allowed: true, remaining, ...this.#ticketOf(known) };
    }
    const { dimensions } = question.scopes[0]!;
    const { judgement, reservation } = this.#reservations.reserve(
      accounts,
      this.#estimateOf(question.estimate, dimensions),
      this.#circumstances(),
      { seconds: ttlSeconds ?? this.#options.settings.reservation_seconds, idempotencyKey },
    );
    const answer = this.#answer(judgement, accounts);
    if (!reservation) return answer;
    this.#dimensions.set(reservation, dimensions);
    return { ...answer, ...this.#ticketOf(reservation) };
  }

  /**
   * With the call's usage events: they are taken in, and then what was held is given back. With what it took: that is
   * held in place of the estimate until the reservation ends. Throws `reservation_not_found`, and what taking in throws.
   */
  async settle(id: string, body: Buffer): Promise<SettleAnswer> {
    const amounts = this.#reader.settle(body);
    const reservation = this.#reservations.take(id);
    if (amounts) {
      this.#reservations.keep(reservation, this.#estimateOf(amounts, this.#dimensions.get(reservation)!));
      return { settled: true, held_until: this.#endOf(reservation) };
    }
    let isCounted = false;
    try {
      const answer = await this.#options.takeIn(body);
      isCounted = answer.rejected.length === 0;
      return { settled: isCounted, ...answer };
    } finally {
      if (isCounted) this.#reservations.giveBack(reservation);
      else this.#reservations.putBack(reservation);
    }
  }

  /** The call did not run. Throws `reservation_not_found`. */
  release(id: string): void {
    this.#reservations.giveBack(this.#reservations.take(id));
  }

  /** Before anything reads what is reserved: what has ended is not. */
  expire(): void {
    this.#reservations.expire();
  }

  /** What was answered, by budget. */
  block(): SampleBlock {
    return this.#counts.block(this.#options.definitions());
  }

  #circumstances(): Question {
    return {
      nowMs: this.#options.ports.now(),
      isCounting: this.#options.isCounting(),
      whenUnknown: this.#options.settings.when_unknown,
    };
  }

  /** Each once. GPU time is counted by samplers: a call takes none of it, and no such budget is in its way. */
  #accountsOf({ scopes }: DecisionQuestion): readonly Account[] {
    const accounts = new Map<string, Account>();
    for (const scope of scopes) {
      for (const account of this.#options.accountsFor(scope)) {
        const { name, unit } = account.definition;
        if (unit !== 'gpu_hours') accounts.set(`${name}\0${account.subject ?? ''}`, account);
      }
    }
    return [...accounts.values()];
  }

  /** By today's prices, all input uncached and all output made, on the tier that is asked for. */
  #estimateOf({ cost_usd, input_tokens, output_tokens }: Amounts, dimensions: Dimensions): Estimate {
    let usd = cost_usd == null ? undefined : nanoUsdFromUsd(cost_usd);
    let tokens: number | undefined;
    if (input_tokens != null && output_tokens != null) {
      tokens = input_tokens + output_tokens;
      usd ??= this.#priceOf(dimensions, input_tokens, output_tokens);
    }
    return { usd, tokens, calls: 1, gpu_hours: 0 };
  }

  #priceOf(dimensions: Dimensions, inputTokens: number, outputTokens: number): number | undefined {
    const quantities = emptyPerMeter();
    quantities[METER.input] = inputTokens;
    quantities[METER.output] = outputTokens;
    quantities[METER.request] = 1;
    const price = this.#options.pricing().price({
      id: '',
      timestampMs: this.#options.ports.now(),
      dimensions,
      quantities,
      userId: '',
      executionId: '',
      promptHash: '',
      latencyMs: undefined,
      reportedCostNanoUsd: undefined,
      tags: '',
    });
    return price.kind === 'priced' ? price.costNanoUsd : undefined;
  }

  #answer(judgement: Judgement, accounts: readonly Account[]): DecisionAnswer {
    this.#counts.count(judgement.verdicts);
    const { decision, strictest, overspent } = judgement;
    return {
      decision,
      allowed: decision === 'allow',
      ...(strictest?.reason !== undefined && {
        reason: strictest.reason,
        budget: strictest.account.definition.name,
      }),
      ...(strictest?.retryAfterMs !== undefined && {
        retry_after_seconds: Math.max(1, Math.ceil(strictest.retryAfterMs / 1000)),
      }),
      remaining: accounts.flatMap(remainingOf),
      ...(overspent.length > 0 && {
        warnings: overspent.map(({ definition }) => ({ budget: definition.name, reason: 'limit' as const })),
      }),
    };
  }

  #ticketOf(reservation: Reservation): Pick<DecisionAnswer, 'reservation_id' | 'expires_at'> {
    return { reservation_id: reservation.id, expires_at: this.#endOf(reservation) };
  }

  #endOf({ endsMs }: Reservation): string {
    const { now, monotonic } = this.#options.ports;
    return new Date(now() + endsMs - monotonic()).toISOString();
  }
}

function remainingOf(account: Account): DecisionAnswer['remaining'] {
  const { definition, limitAmount, spentAmount, reservedAmount } = account;
  if (!definition.isHard || spentAmount === undefined) return [];
  const amount = (limitAmount - spentAmount - reservedAmount) / AMOUNTS_PER_UNIT[definition.unit];
  return [{ budget: definition.name, unit: definition.unit, amount }];
}
