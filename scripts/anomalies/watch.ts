import { AnomalyLog, expectationOf } from '../../exporter/anomalies/index.ts';
import type { AnomalyWindow } from '../../exporter/domain/anomaly.ts';
import { ANOMALY_WINDOWS, type Anomaly } from '../../exporter/domain/anomaly.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { START_MS, TIME_ZONE } from './tenants.ts';

export const MINIMUM_NANO_USD = 1e9;
const HISTORY_HOURS = 35 * 24;
const LOOK_MINUTES = 5;

/** An anomaly with the moment at which a look every five minutes first saw it, if money came in evenly within hours. */
export interface Heard extends Anomaly {
  readonly heardMs: number;
}

/** Watches the hours `[from, to)` of the series as the exporter does, with the defaults of its settings. */
export function watch(hours: Float64Array, from: number, to: number): readonly Heard[] {
  const log = new AnomalyLog({ minimumNanoUsd: MINIMUM_NANO_USD, kept: 10_000 });
  const heard = new Map<string, number>();
  const keyOf = (window: AnomalyWindow, startedMs: number) => `${window} ${startedMs}`;
  for (let hour = from; hour < to; hour++) {
    const first = Math.max(hour + 1 - HISTORY_HOURS, 0);
    const series = { startMs: START_MS + first * HOUR_MS, amounts: hours.subarray(first, hour + 1) };
    const endMs = START_MS + (hour + 1) * HOUR_MS;
    const seen = ANOMALY_WINDOWS.flatMap((window) => {
      const expectation = expectationOf(series, window, endMs, {
        timeZone: TIME_ZONE,
        minimumNanoUsd: MINIMUM_NANO_USD,
      });
      return 'kind' in expectation ? [] : [{ tenantId: '', expectation }];
    });
    for (const { window, startedMs } of log.observe(seen, endMs)) {
      const key = keyOf(window, startedMs);
      if (heard.has(key)) continue;
      const { costNanoUsd, expected } = seen.find(
        ({ expectation }) => expectation.window === window,
      )!.expectation;
      heard.set(key, startedMs + minutesUntil(expected.upper, costNanoUsd, hours[hour]!) * 60_000);
    }
  }
  return log.anomalies.map((anomaly) => ({
    ...anomaly,
    heardMs: heard.get(keyOf(anomaly.window, anomaly.startedMs))!,
  }));
}

/** When the window's cost went beyond the band within its last hour; at its end where it is below. */
function minutesUntil(upper: number, cost: number, lastHour: number): number {
  const share = cost > upper && lastHour > 0 ? 1 - (cost - upper) / lastHour : 1;
  return Math.max(Math.ceil((Math.max(share, 0) * 60) / LOOK_MINUTES), 1) * LOOK_MINUTES;
}
