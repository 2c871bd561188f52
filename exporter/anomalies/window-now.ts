import type { AnomalyWindow, Expectation } from '../domain/anomaly.ts';
import type { TooLittleHistory } from '../domain/forecast.ts';
import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { type ExpectationOptions, expectationOf } from './expectation.ts';

/**
 * The window of whole hours up to now; or with the running hour in it, once that has cost more than a whole one
 * should: it will not get cheaper, and to wait for its end would tell an hour late. The series reaches to the end of
 * the running hour.
 */
export function windowNow(
  series: HourlySeries,
  window: AnomalyWindow,
  nowMs: number,
  options: ExpectationOptions,
): Expectation | TooLittleHistory {
  const wholeEndMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const running = expectationOf(series, window, wholeEndMs + HOUR_MS, options);
  if (!('kind' in running) && running.costNanoUsd > running.expected.upper) return running;
  return expectationOf(series, window, wholeEndMs, options);
}
