import type { BudgetUnit } from './budget.ts';
import type { BudgetScope, ScopeField } from './budget-scope.ts';

export const HOUR_MS = 3_600_000;

/** Amounts of whole hours (UTC) one after the other, from `startMs` on. What was before is unknown, not zero. */
export interface HourlySeries {
  /** A multiple of an hour. */
  readonly startMs: number;
  readonly amounts: Float64Array;
}

/** Which charges make a series, or with `by` the `top` largest of the series, one for each value of the field that is not empty. */
export interface SeriesSelection {
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  readonly by?: { readonly field: ScopeField; readonly top: number } | undefined;
}

/** One series that a selection found; `value` is the value of its `by`. */
export interface SelectedSeries {
  readonly value: string | undefined;
  readonly series: HourlySeries;
}

export interface HourlyQuery {
  /** Multiples of an hour; `[fromMs, toMs)`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly selections: readonly SeriesSelection[];
}
