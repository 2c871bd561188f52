import type { Banded, BudgetForecast, BudgetStatus, Exhaustion } from '../domain/budget.ts';
import { type ForecastPath, pathAt } from '../domain/forecast.ts';
import type { Period } from '../domain/period.ts';
import type { Account } from './account.ts';

/** Before both have passed, a single call can move the mean rate by any factor, and nothing is expected. */
const MINIMUM_ELAPSED_MS = 3_600_000;
const MINIMUM_ELAPSED_RATIO = 0.01;

/**
 * An account whose spend is known, at `nowMs`. All numbers are finite. What is expected comes from `path`; without one
 * that reaches the end of the period, the period's own mean rate is continued and there is no band. A rolling window is
 * always at its end: nothing is expected of it.
 */
export function budgetStatus(
  { definition, subject, period, limitAmount, spentAmount = 0, reservedAmount }: Account,
  nowMs: number,
  path: ForecastPath | undefined,
): BudgetStatus {
  const atMs = Math.min(Math.max(nowMs, period.startMs), period.endMs);
  const isRolling = definition.period.kind === 'rolling';
  const course = isRolling ? undefined : courseOf(period, atMs, spentAmount, path);
  return {
    definition,
    subject,
    period,
    limitAmount,
    spentAmount,
    reservedAmount,
    remainingAmount: limitAmount - spentAmount,
    usedRatio: spentAmount / limitAmount,
    forecast: course && { method: course.method, endAmount: course.endAmount },
    exhaustion:
      spentAmount >= limitAmount
        ? { earliestMs: atMs, midMs: atMs, latestMs: atMs }
        : (course?.exhaustion(limitAmount) ?? {}),
  };
}

interface Course extends BudgetForecast {
  exhaustion(limitAmount: number): Exhaustion;
}

function courseOf(
  period: Period,
  atMs: number,
  spentAmount: number,
  path: ForecastPath | undefined,
): Course | undefined {
  return path && path.startMs + path.mid.length * path.stepMs >= period.endMs
    ? alongPath(period, atMs, spentAmount, path)
    : atMeanRate(period, atMs, spentAmount);
}

function alongPath(period: Period, atMs: number, spentAmount: number, path: ForecastPath): Course {
  const begun = pathAt(path, atMs);
  const spentBy = (edge: keyof Banded) => (laterMs: number) =>
    spentAmount + Math.max(0, pathAt(path, laterMs)[edge] - begun[edge]);
  const [lower, mid, upper] = [spentBy('lower'), spentBy('mid'), spentBy('upper')];
  return {
    method: path.method,
    endAmount: { lower: lower(period.endMs), mid: mid(period.endMs), upper: upper(period.endMs) },
    exhaustion: (limitAmount) => ({
      earliestMs: reachedAt(limitAmount, upper, atMs, period.endMs),
      midMs: reachedAt(limitAmount, mid, atMs, period.endMs),
      latestMs: reachedAt(limitAmount, lower, atMs, period.endMs),
    }),
  };
}

function atMeanRate(period: Period, atMs: number, spentAmount: number): Course | undefined {
  const lengthMs = period.endMs - period.startMs;
  const elapsedMs = atMs - period.startMs;
  if (elapsedMs < Math.max(MINIMUM_ELAPSED_MS, MINIMUM_ELAPSED_RATIO * lengthMs)) return undefined;
  const perMs = spentAmount / elapsedMs;
  return {
    method: 'run_rate',
    endAmount: { mid: perMs * lengthMs },
    exhaustion: (limitAmount) => ({
      midMs: reachedAt(limitAmount, (laterMs) => spentAmount + perMs * (laterMs - atMs), atMs, period.endMs),
    }),
  };
}

/** First millisecond of `(fromMs, endMs)` at which `spentBy`, which does not fall, is at the limit; not yet so at `fromMs`. */
function reachedAt(
  limitAmount: number,
  spentBy: (atMs: number) => number,
  fromMs: number,
  endMs: number,
): number | undefined {
  if (!(spentBy(endMs - 1) >= limitAmount)) return undefined;
  let before = fromMs;
  let after = endMs - 1;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (spentBy(middle) >= limitAmount) after = middle;
    else before = middle;
  }
  return after;
}
