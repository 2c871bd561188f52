import type { BudgetState } from '../app/index.ts';
import { AMOUNTS_PER_UNIT, type BudgetForecast, type BudgetStatus } from '../domain/budget.ts';

/** A budget as the API shows it. Its definition can be sent back as it is. */
export function budgetAnswer({ settings, managedBy, definition, status, subjects }: BudgetState): object {
  const { name, ...wire } = settings;
  const head = { name, managed_by: managedBy, definition: wire };
  const unknown = 'what was spent is not known yet';
  if (definition.each !== undefined) {
    return subjects
      ? { ...head, subjects: { with_usage: subjects.subjects, over_limit: subjects.overLimit } }
      : { ...head, subjects: null, reason: unknown };
  }
  return status ? { ...head, status: statusAnswer(status) } : { ...head, status: null, reason: unknown };
}

/** In the budget's unit. */
export function statusAnswer(status: BudgetStatus): object {
  const { period, forecast, exhaustion, definition } = status;
  const units = (amount: number) => amount / AMOUNTS_PER_UNIT[definition.unit];
  return {
    limit: units(status.limitAmount),
    spent: units(status.spentAmount),
    reserved: units(status.reservedAmount),
    remaining: units(status.remainingAmount),
    used_ratio: status.usedRatio,
    period: { start: iso(period.startMs), end: iso(period.endMs) },
    ...(forecast
      ? { forecast: { method: forecast.method, end: mapped(forecast.endAmount, units) } }
      : { forecast: null, forecast_reason: noForecastBecause(status) }),
    exhaustion: {
      earliest: iso(exhaustion.earliestMs),
      mid: iso(exhaustion.midMs),
      latest: iso(exhaustion.latestMs),
    },
  };
}

function mapped(end: BudgetForecast['endAmount'], units: (amount: number) => number): object {
  const mid = units(end.mid);
  return 'lower' in end
    ? { lower: units(end.lower), mid, upper: units(end.upper) }
    : { lower: null, mid, upper: null };
}

function noForecastBecause({ definition }: BudgetStatus): string {
  return definition.period.kind === 'rolling'
    ? 'a rolling window is always at its end'
    : 'too little of the period has passed, and too little history is known';
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
