import { type Days, historyUntil } from './day-history.ts';
import type { Forecaster } from './forecaster.ts';

/** How wrong a sum of `days` days was: root of what came by what was expected, less 1. Roots, as sums of few calls may be 0 and have no logarithm. */
export interface PastError {
  readonly days: number;
  readonly root: number;
}

export interface BacktestOutcome {
  readonly method: Forecaster;
  readonly errors: readonly PastError[];
  /** From the first origin to the end of the history. */
  readonly testedDays: number;
}

/** Days of the past from which forecasts are tried, and how many of them methods are tried at that take long. */
const ORIGINS = 10;
const SLOW_ORIGINS = 3;
/** A method takes another's place only if its error is less than this share of the other's: the rest is luck, the more so with few origins. */
const BETTER_RATIO = 0.75;
const SLOW_BETTER_RATIO = 0.55;
const FIRST_ORIGIN = { least: 3, most: 28 };

interface Trial {
  readonly method: Forecaster;
  readonly errors: readonly PastError[];
  /** Mean error of the sums from an origin on, and what it counts. */
  readonly scores: ReadonlyMap<number, Score>;
}

interface Score {
  readonly error: number;
  readonly weight: number;
}

/**
 * Which of the methods did best on the series' own past: each forecasts from several days of it, without what came
 * later, up to `count` days ahead. The first one that has enough days is the one to beat.
 */
export function backtest(methods: readonly Forecaster[], days: Days, count: number): BacktestOutcome {
  const length = days.sums.length;
  const origins = originsOf(length, count);
  const histories = new Map(origins.map((origin) => [origin, historyUntil(days, origin)]));
  let best: Trial | undefined;
  for (const method of methods) if (length >= method.minimumDays) best = tryOut(method, best) ?? best;
  if (!best) throw new RangeError(`backtest: expected days enough for one of the methods, got ${length}`);
  return { method: best.method, errors: best.errors, testedDays: length - (origins[0] ?? length) };

  /** Undefined if it is not better; a slow one gives up at the first origin after which it is not. */
  function tryOut(method: Forecaster, toBeat: Trial | undefined): Trial | undefined {
    const able = origins.filter((origin) => origin >= method.minimumDays || origin === origins.at(-1));
    const errors: PastError[] = [];
    const scores = new Map<number, Score>();
    const ratio = method.isSlow ? SLOW_BETTER_RATIO : BETTER_RATIO;
    for (const origin of method.isSlow ? spread(able, SLOW_ORIGINS) : able) {
      const actual = days.sums.subarray(origin, Math.min(origin + count, length));
      const expected = method.forecast(histories.get(origin)!, actual.length);
      scores.set(origin, compare(actual, expected, errors));
      if (method.isSlow && toBeat && !isBetter(scores, toBeat.scores, ratio)) return undefined;
    }
    return !toBeat || isBetter(scores, toBeat.scores, ratio) ? { method, errors, scores } : undefined;
  }
}

function isBetter(
  scores: ReadonlyMap<number, Score>,
  toBeat: ReadonlyMap<number, Score>,
  ratio: number,
): boolean {
  let ours = 0;
  let theirs = 0;
  for (const [origin, { error, weight }] of scores) {
    ours += error * weight;
    theirs += (toBeat.get(origin)?.error ?? 0) * weight;
  }
  return ours < ratio * theirs;
}

/** Keeps the errors of sums of one, two and more days. The score is that of all of them. */
function compare(actual: Float64Array, expected: Float64Array, errors: PastError[]): Score {
  let came = 0;
  let thought = 0;
  for (let day = 0; day < actual.length; day++) {
    came += actual[day]!;
    thought += expected[day]!;
    if (isKept(day + 1) || day === actual.length - 1)
      errors.push({ days: day + 1, root: rootError(came, thought) });
  }
  const sum = came + thought;
  return { error: sum > 0 ? Math.abs(came - thought) / sum : 0, weight: Math.sqrt(actual.length) };
}

/** Sums of much the same days say much the same. */
function isKept(days: number): boolean {
  return days <= 3 || (days <= 10 ? days % 2 === 1 : days % 7 === 0);
}

const LARGEST_ROOT = 3;

function rootError(came: number, thought: number): number {
  return came === 0 && thought === 0 ? 0 : Math.min(Math.sqrt(came / thought) - 1, LARGEST_ROOT);
}

/** Days to forecast from, oldest first, so that about as many follow most of them as are to be forecast. */
function originsOf(length: number, count: number): readonly number[] {
  const first = Math.max(FIRST_ORIGIN.least, Math.min(FIRST_ORIGIN.most, Math.floor(length / 3)));
  const last = length - Math.max(1, Math.ceil(Math.min(count, length / 3) / 3));
  return spread(
    Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at),
    ORIGINS,
  );
}

/** At most so many of them, evenly, the last one among them. */
function spread(origins: readonly number[], most: number): readonly number[] {
  if (origins.length <= most) return origins;
  return Array.from(
    { length: most },
    (_, at) => origins[Math.round(((at + 1) * origins.length) / most) - 1]!,
  );
}
