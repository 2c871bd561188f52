import type { AnomalyWindow, Expectation } from '../../exporter/domain/anomaly.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { emptyPerMeter, METER, type Meter } from '../../exporter/domain/meters.ts';
import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import type { Dimensions } from '../../exporter/domain/usage-event.ts';
import { eventOf } from '../support/charges.ts';

export const USD = 1e9;
/** A Monday. */
export const START_MS = Date.UTC(2026, 8, 7);

/** `usdAt` is told the hour's index and its start. */
export function hourly(
  days: number,
  usdAt: (hour: number, atMs: number) => number,
  startMs = START_MS,
): HourlySeries {
  const amounts = Float64Array.from({ length: days * 24 }, (_, hour) => {
    return Math.round(usdAt(hour, startMs + hour * HOUR_MS) * USD);
  });
  return { startMs, amounts };
}

export function endOf({ startMs, amounts }: HourlySeries): number {
  return startMs + amounts.length * HOUR_MS;
}

/** `meters` has a quantity and a cost for each meter; one call unless it says otherwise. */
export function totalOf(
  dimensions: Partial<Dimensions>,
  meters: Partial<Record<Meter, readonly [quantity: number, cost: number]>>,
  unpricedReason: LedgerTotal['unpricedReason'] = '',
): LedgerTotal {
  const quantities = emptyPerMeter();
  const costs = emptyPerMeter();
  for (const [meter, [quantity, cost]] of Object.entries({ request: [1, 0] as const, ...meters })) {
    quantities[METER[meter as Meter]] = quantity;
    costs[METER[meter as Meter]] = cost;
  }
  return {
    dimensions: eventOf({ id: '', dimensions }).dimensions,
    unpricedReason,
    quantities,
    costs,
    savedByCacheNanoUsd: 0,
    savedByTierNanoUsd: 0,
    reportedNanoUsd: 0,
    computedNanoUsd: 0,
  };
}

/** A band of 10 USD, 4 to either side; `usd` is what the hours up to `endHour` after `START_MS` cost. */
export function expectation(usd: number, endHour: number, window: AnomalyWindow = '1h'): Expectation {
  return {
    window,
    endMs: START_MS + endHour * HOUR_MS,
    costNanoUsd: usd * USD,
    expected: { lower: 6 * USD, mid: 10 * USD, upper: 14 * USD },
    score: (usd - 10) / 4,
  };
}
