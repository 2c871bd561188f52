import { usdFromNanoUsd } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';

/** Before both have passed, a single call can move the rate by any factor and there is no forecast. */
export const MINIMUM_ELAPSED_MS = 3_600_000;
export const MINIMUM_ELAPSED_RATIO = 0.01;

export interface PeriodSpend {
  readonly period: Period;
  /** Milliseconds since the epoch; outside the period where a clock stepped. */
  readonly nowMs: number;
  /** Spent from the start of the period until now. */
  readonly spentNanoUsd: number;
}

/** `endOfPeriodUsd` is finite and at least what is spent already. Too little history is an outcome, not a guess. */
export type RunRate =
  | { readonly kind: 'forecast'; readonly endOfPeriodUsd: number }
  | { readonly kind: 'too_early' };

/** The spend so far, continued at its mean rate: spent / elapsed × length. Needs no history but the period's own. */
export const runRate = Object.freeze({
  id: 'run_rate',
  forecast({ period, nowMs, spentNanoUsd }: PeriodSpend): RunRate {
    const lengthMs = period.endMs - period.startMs;
    const elapsedMs = Math.min(nowMs - period.startMs, lengthMs);
    if (elapsedMs < Math.max(MINIMUM_ELAPSED_MS, MINIMUM_ELAPSED_RATIO * lengthMs))
      return { kind: 'too_early' };
    return { kind: 'forecast', endOfPeriodUsd: usdFromNanoUsd(spentNanoUsd) * (lengthMs / elapsedMs) };
  },
});
