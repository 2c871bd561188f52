import type { Period } from '../domain/period.ts';

export interface ForecastInput {
  readonly period: Period;
  /** Milliseconds since the epoch; outside the period where a clock stepped. */
  readonly nowMs: number;
  /** Spent from the start of the period until now. */
  readonly spentNanoUsd: number;
}

/** `endOfPeriodUsd` is finite and at least what is spent already. Too little history is an outcome, not a guess. */
export type Forecast =
  | { readonly kind: 'forecast'; readonly endOfPeriodUsd: number }
  | { readonly kind: 'too_early' };

/** A method that expects a period's spend. Pure: the same input gives the same answer. */
export interface Forecaster {
  /** Stable, unique name. */
  readonly id: string;
  forecast(input: ForecastInput): Forecast;
}
