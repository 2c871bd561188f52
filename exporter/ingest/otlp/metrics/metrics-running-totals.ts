const MILLISECOND = 1e6;

/** A point of a cumulative series, times in nanoseconds since the epoch. */
export interface CumulativePoint {
  /** When the series began to count from zero; 0 if the sender does not say. */
  readonly startNanos: number;
  readonly timeNanos: number;
  /** Counted since the start; not negative. */
  readonly value: number;
}

/** What one point adds to those before it, and what became of the requests that told of it. */
export interface Step {
  readonly timeNanos: number;
  readonly value: number;
  readonly amount: number;
  readonly series: Series;
  /** Requests with it that are being stored. */
  underWay: number;
  isStored: boolean;
}

interface Series {
  latest: Step | undefined;
  /** Added by points before the latest whose requests were not stored. */
  owed: number;
}

/** `baseline`: its beginning was not seen. `known`: the series has been read up to a later time. */
export type Advance = Step | 'baseline' | 'known';

/**
 * The latest point of each cumulative series, by identity and start: what the next one adds. Two processes that call
 * themselves alike but began at different times are two series. A series that was not seen before is counted whole if
 * it began after we did; of one that began before, nobody knows what a former process of ours has counted.
 *
 * What a step adds is lost only with this process: if its request is not stored, the next point adds it too. At most
 * `limit` series are kept. Then the one that was quiet for the longest is forgotten, and from there on a series must
 * have begun later than any forgotten one to be counted whole: no point counts twice.
 */
export class RunningTotals {
  readonly #series = new Map<string, Series>();
  readonly #limit: number;
  #wholeFromNanos: number;

  constructor(limit: number, startedNanos: number) {
    this.#limit = limit;
    this.#wholeFromNanos = startedNanos;
  }

  /** @param id of the series without its start */
  advance(id: string, point: CumulativePoint, nowNanos: number): Advance {
    const key = `${id} ${point.startNanos}`;
    const known = this.#series.get(key);
    if (known) {
      this.#series.delete(key);
      this.#series.set(key, known);
      return next(known, point);
    }
    const series: Series = { latest: undefined, owed: 0 };
    this.#series.set(key, series);
    if (this.#series.size > this.#limit) this.#forgetOldest();
    const isSeenWhole = point.startNanos > 0 && beganNanos(point, nowNanos) >= this.#wholeFromNanos;
    const step = stepOf(series, point, isSeenWhole ? point.value : 0);
    if (isSeenWhole) return step;
    discard(step);
    return 'baseline';
  }

  #forgetOldest(): void {
    const [oldest] = this.#series.keys();
    this.#series.delete(oldest!);
    const startNanos = Number(oldest!.slice(oldest!.lastIndexOf(' ') + 1));
    this.#wholeFromNanos = Math.max(this.#wholeFromNanos, startNanos + MILLISECOND);
  }
}

/** To be called once for each step that was given out, when its request has been stored or has failed. */
export function settle(step: Step, isStored: boolean): void {
  step.underWay -= 1;
  if (isStored) step.isStored = true;
  if (step.underWay === 0 && !step.isStored && step.series.latest !== step) step.series.owed += step.amount;
}

/** What the step adds is not to be counted, now or with a later point. */
export function discard(step: Step): void {
  step.isStored = true;
}

function next(series: Series, point: CumulativePoint): Advance {
  const latest = series.latest!;
  if (point.timeNanos === latest.timeNanos && point.value === latest.value) {
    latest.underWay += 1;
    return latest;
  }
  if (point.timeNanos <= latest.timeNanos) return 'known';
  // A counter that went back was reset. Only a start says whose it is, else it may be another process's.
  const isReset = point.value < latest.value;
  if (isReset && point.startNanos === 0) {
    discard(stepOf(series, point, 0));
    return 'baseline';
  }
  const since = isReset ? point.value : point.value - latest.value;
  const isLost = latest.underWay === 0 && !latest.isStored;
  const amount = since + series.owed + (isLost ? latest.amount : 0);
  series.owed = 0;
  return stepOf(series, point, amount);
}

function stepOf(series: Series, { timeNanos, value }: CumulativePoint, amount: number): Step {
  const step: Step = { timeNanos, value, amount, series, underWay: 1, isStored: false };
  series.latest = step;
  return step;
}

/** By our clock, as far as the point shows that the sender's is ahead. */
function beganNanos({ startNanos, timeNanos }: CumulativePoint, nowNanos: number): number {
  return startNanos - Math.max(0, timeNanos - nowNanos);
}
