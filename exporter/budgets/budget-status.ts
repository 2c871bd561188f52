import type { BudgetDefinition, BudgetStatus } from '../domain/budget.ts';
import { NANO_PER_USD } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';

/** What a budget needs of a forecast method. Every `Forecaster` is one. */
export interface EndOfPeriodForecast {
  forecast(input: {
    readonly period: Period;
    readonly nowMs: number;
    readonly spentNanoUsd: number;
  }): { readonly kind: 'forecast'; readonly endOfPeriodUsd: number } | { readonly kind: 'too_early' };
}

/**
 * The budget at `nowMs`; the limit is at least one nano-USD. All numbers are finite.
 * `exhaustionMs` once the limit is reached is now (within the period), not a date in the past: a sum does not tell
 * when it passed the limit, and what readers subtract from it is the time left, which is none. Before that it is
 * where the straight line from the spend now to the forecast reaches the limit, if that is inside the period.
 */
export function budgetStatus(
  definition: BudgetDefinition,
  period: Period,
  spentNanoUsd: number,
  nowMs: number,
  forecaster: EndOfPeriodForecast,
): BudgetStatus {
  const forecast = forecaster.forecast({ period, nowMs, spentNanoUsd });
  const endOfPeriodUsd = forecast.kind === 'forecast' ? forecast.endOfPeriodUsd : undefined;
  const exhaustionMs = exhaustion(definition.limitNanoUsd, period, spentNanoUsd, nowMs, endOfPeriodUsd);
  return {
    definition,
    period,
    spentNanoUsd,
    remainingNanoUsd: definition.limitNanoUsd - spentNanoUsd,
    usedRatio: spentNanoUsd / definition.limitNanoUsd,
    ...(endOfPeriodUsd !== undefined && { forecastUsd: endOfPeriodUsd }),
    ...(exhaustionMs !== undefined && { exhaustionMs }),
  };
}

function exhaustion(
  limitNanoUsd: number,
  period: Period,
  spentNanoUsd: number,
  nowMs: number,
  endOfPeriodUsd: number | undefined,
): number | undefined {
  const atMs = Math.min(Math.max(nowMs, period.startMs), period.endMs);
  if (spentNanoUsd >= limitNanoUsd) return atMs;
  if (endOfPeriodUsd === undefined) return undefined;
  const toComeNanoUsd = endOfPeriodUsd * NANO_PER_USD - spentNanoUsd;
  if (toComeNanoUsd <= 0) return undefined;
  const exhaustionMs = atMs + ((limitNanoUsd - spentNanoUsd) / toComeNanoUsd) * (period.endMs - atMs);
  return exhaustionMs < period.endMs ? exhaustionMs : undefined;
}
