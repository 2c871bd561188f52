import type { BudgetScope, ScopeField } from './budget-scope.ts';
import { METER, type PerMeter, TOKEN_METER_COUNT } from './meters.ts';
import { NANO_PER_USD } from './money.ts';
import type { Period, PeriodSpec } from './period.ts';

export const BUDGET_UNITS = ['usd', 'tokens', 'calls', 'gpu_hours'] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];

/**
 * How many of what is counted make one of a budget's unit. Counted are integers: nano-USD, tokens, calls and
 * GPU-milliseconds. Every "amount" is in them; only what people read is in units.
 */
export const AMOUNTS_PER_UNIT: Readonly<Record<BudgetUnit, number>> = Object.freeze({
  usd: NANO_PER_USD,
  tokens: 1,
  calls: 1,
  gpu_hours: 3_600_000,
});

/** What a charge, or a sum of charges, takes from a budget of the unit. `costNanoUsd` is 0 for what has no price. */
export function amountOf(unit: BudgetUnit, quantities: PerMeter, costNanoUsd: number): number {
  switch (unit) {
    case 'usd':
      return costNanoUsd;
    case 'calls':
      return quantities[METER.request]!;
    case 'gpu_hours':
      return quantities[METER.gpu_millisecond]! + 1000 * quantities[METER.gpu_second]!;
    case 'tokens': {
      let tokens = 0;
      for (let meter = 0; meter < TOKEN_METER_COUNT; meter++) tokens += quantities[meter]!;
      return tokens;
    }
  }
}

/** What may be spent on what, how fast. Frozen. */
export interface BudgetDefinition {
  /** Unique, the `budget` label. */
  readonly name: string;
  /** Whose and which charges count; all of them if empty. */
  readonly scope: BudgetScope;
  /** Every value of the field has the limit to itself: `user` is "each user". */
  readonly each: ScopeField | undefined;
  readonly unit: BudgetUnit;
  readonly period: PeriodSpec;
  readonly timeZone: string;
  /** At least 1. */
  readonly limitAmount: number;
  /** Shares of the limit that are worth a word, ascending, above 0. */
  readonly thresholds: readonly number[];
  /** A hard one says no to calls that would overspend it; a soft one only tells. */
  readonly isHard: boolean;
  /** From this share of the limit on a hard budget lets calls through at the rate that lasts to its end. */
  readonly throttleRatio: number | undefined;
  /** What the period before left over is added to the limit, up to `maximumRatio` of it; none from periods that began before `sinceMs`. */
  readonly rollover: { readonly sinceMs: number; readonly maximumRatio: number } | undefined;
  /** Counts instead of the limit until (exclusive) `untilMs`. */
  readonly override: { readonly limitAmount: number; readonly untilMs: number } | undefined;
}

/** A number with its 90 % band. */
export interface Banded {
  readonly lower: number;
  readonly mid: number;
  readonly upper: number;
}

/** What is expected of a budget's period. */
export interface BudgetForecast {
  readonly method: string;
  /** At the end of the period, at least what is spent. No band where too little history says how wrong the method is. */
  readonly endAmount: Banded | Pick<Banded, 'mid'>;
}

/** When the limit is reached, the earliest if the upper bound comes true; each only where that is inside the period. */
export interface Exhaustion {
  readonly earliestMs?: number | undefined;
  readonly midMs?: number | undefined;
  readonly latestMs?: number | undefined;
}

/** A budget at one moment. What is unknown is absent. */
export interface BudgetStatus {
  readonly definition: BudgetDefinition;
  /** Of a budget for each of something: whose status this is. */
  readonly subject: string | undefined;
  readonly period: Period;
  /** In force now, with what was carried over or put in its place. */
  readonly limitAmount: number;
  readonly spentAmount: number;
  /** Promised to calls under way, see reservations. */
  readonly reservedAmount: number;
  /** Limit less spent; negative once overspent. */
  readonly remainingAmount: number;
  readonly usedRatio: number;
  readonly forecast: BudgetForecast | undefined;
  /** Now, once the limit is reached: a sum does not tell when it passed it, and what readers want is the time left. */
  readonly exhaustion: Exhaustion;
}

/** Of a budget for each of something. */
export interface SubjectCounts {
  readonly budget: string;
  /** With usage in the current period. */
  readonly subjects: number;
  readonly overLimit: number;
}

/** What a budget counted since the exporter started, however many periods that are. */
export interface BudgetConsumption {
  readonly definition: BudgetDefinition;
  readonly amount: number;
}
