import type { BudgetUnit } from '../domain/budget.ts';
import type { Account } from './account.ts';

/** From the mildest to the strictest. */
export const DECISIONS = ['allow', 'throttle', 'block'] as const;
export type Decision = (typeof DECISIONS)[number];

/**
 * `limit`: what is spent leaves too little; `reserved`: only what is promised to other calls is in the way; `pace`: calls
 * come faster than the rest of the budget lasts; `unknown`: what is spent, or what the call takes, is not known.
 */
export type DecisionReason = 'limit' | 'reserved' | 'pace' | 'unknown';

/** What a call takes of budgets of each unit, in amounts; undefined where nobody knows. */
export type Estimate = Readonly<Record<BudgetUnit, number | undefined>>;

export interface Circumstances {
  readonly nowMs: number;
  /** False while new usage cannot be counted: what is known to be spent is then the least that it can be. */
  readonly isCounting: boolean;
  readonly whenUnknown: 'allow' | 'block';
  /** Until the first reservation on the account ends. Asked only if there is one. */
  reservedForMs(account: Account): number;
  /** Until the account's pace lets a call through; 0 if it does now. */
  pausedForMs(account: Account): number;
}

/** What one hard budget says. */
export interface Verdict {
  readonly account: Account;
  readonly decision: Decision;
  readonly reason?: DecisionReason;
  /** After which asking again may be of use; absent where waiting changes nothing, and when allowed. */
  readonly retryAfterMs?: number;
}

export interface Judgement {
  readonly decision: Decision;
  /** The strictest; undefined if no hard budget is concerned. */
  readonly strictest: Verdict | undefined;
  /** One of each hard budget. */
  readonly verdicts: readonly Verdict[];
  /** Soft budgets that the call overspends: worth a word, never an obstacle. */
  readonly overspent: readonly Account[];
}

/** While the ledger is down or a budget is being loaded. */
const UNKNOWN_RETRY_MS = 5000;

/** Whether a call may run. Pure: what it decides is held, or not, by whoever asks. */
export function decide(
  accounts: readonly Account[],
  estimate: Estimate,
  circumstances: Circumstances,
): Judgement {
  const verdicts: Verdict[] = [];
  const overspent: Account[] = [];
  let strictest: Verdict | undefined;
  for (const account of accounts) {
    if (!account.definition.isHard) {
      if (leastAfter(account, estimate) > account.limitAmount) overspent.push(account);
      continue;
    }
    const verdict = verdictOf(account, estimate, circumstances);
    verdicts.push(verdict);
    if (!strictest || isStricter(verdict, strictest)) strictest = verdict;
  }
  return { decision: strictest?.decision ?? 'allow', strictest, verdicts, overspent };
}

/**
 * How long a throttled account waits after it has let a call of `amount` through: what is left then lasts to the end of
 * its period. 0 for one that is not throttled.
 */
export function paceMs(account: Account, amount: number, nowMs: number): number {
  if (!isThrottled(account)) return 0;
  const { limitAmount, spentAmount = 0, reservedAmount, period } = account;
  const remaining = limitAmount - spentAmount - reservedAmount;
  return remaining > 0 ? (amount * (period.endMs - nowMs)) / remaining : 0;
}

function verdictOf(account: Account, estimate: Estimate, circumstances: Circumstances): Verdict {
  const { period, limitAmount, spentAmount, reservedAmount } = account;
  const { nowMs, isCounting, whenUnknown } = circumstances;
  const least = leastAfter(account, estimate);
  if (least - reservedAmount > limitAmount) {
    return { account, decision: 'block', reason: 'limit', retryAfterMs: period.endMs - nowMs };
  }
  if (least > limitAmount) {
    const retryAfterMs = Math.min(circumstances.reservedForMs(account), period.endMs - nowMs);
    return { account, decision: 'block', reason: 'reserved', retryAfterMs };
  }
  if (estimate[account.definition.unit] === undefined) {
    return { account, decision: whenUnknown, reason: 'unknown' };
  }
  if (spentAmount === undefined || !isCounting) {
    return {
      account,
      decision: whenUnknown,
      reason: 'unknown',
      ...(whenUnknown === 'block' && { retryAfterMs: UNKNOWN_RETRY_MS }),
    };
  }
  const pausedMs = isThrottled(account) ? circumstances.pausedForMs(account) : 0;
  if (pausedMs > 0) return { account, decision: 'throttle', reason: 'pace', retryAfterMs: pausedMs };
  return { account, decision: 'allow' };
}

/** Spent, promised and taken by the call, as far as it is known: no less than that. */
function leastAfter({ definition, spentAmount = 0, reservedAmount }: Account, estimate: Estimate): number {
  return spentAmount + reservedAmount + (estimate[definition.unit] ?? 0);
}

function isThrottled({ definition, spentAmount = 0, reservedAmount, limitAmount }: Account): boolean {
  const { throttleRatio } = definition;
  return throttleRatio !== undefined && spentAmount + reservedAmount >= throttleRatio * limitAmount;
}

/** Of equal decisions the one that waits longer, as all budgets have to agree; of leaves, one that has a reservation about it. */
function isStricter(one: Verdict, other: Verdict): boolean {
  const rank = DECISIONS.indexOf(one.decision) - DECISIONS.indexOf(other.decision);
  if (rank !== 0) return rank > 0;
  if (one.decision === 'allow') return one.reason !== undefined && other.reason === undefined;
  return (one.retryAfterMs ?? Number.POSITIVE_INFINITY) > (other.retryAfterMs ?? Number.POSITIVE_INFINITY);
}
