import type { Banded } from './budget.ts';

/**
 * What is expected to come, in amounts added up from the end of the history on: `cumulative[i]` at
 * `startMs + (i + 1) * stepMs`. The band is one of the sum, not of its steps.
 */
export interface ForecastPath {
  readonly kind: 'forecast';
  /** Stable name of the method that did best on the series' own past. */
  readonly method: string;
  readonly startMs: number;
  readonly stepMs: number;
  readonly mid: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Said instead of a guess. */
export interface TooLittleHistory {
  readonly kind: 'too_little_history';
  /** Hours from the first charge on, and how many it takes. */
  readonly hours: number;
  readonly neededHours: number;
}

export type SeriesForecast = ForecastPath | TooLittleHistory;

/** What the path adds up to at `atMs`: nothing before it starts, a straight line between its steps, its last value after its end. */
export function pathAt(path: ForecastPath, atMs: number): Banded {
  const steps = Math.min(Math.max((atMs - path.startMs) / path.stepMs, 0), path.mid.length);
  const whole = Math.floor(steps);
  const rest = steps - whole;
  const at = (sums: Float64Array) => {
    const before = whole === 0 ? 0 : sums[whole - 1]!;
    return rest === 0 ? before : before + rest * (sums[whole]! - before);
  };
  return { lower: at(path.lower), mid: at(path.mid), upper: at(path.upper) };
}

/** What a value of a dimension is expected to have cost when the month ends. */
export interface DimensionForecast {
  readonly dimension: string;
  readonly value: string;
  readonly method: string;
  readonly endNanoUsd: Banded;
}
