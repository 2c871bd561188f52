import { usdFromNanoUsd } from '../domain/money.ts';
import type { Forecaster } from './forecaster.ts';

/** Before both have passed, a single call can move the rate by any factor and there is no forecast. */
export const MINIMUM_ELAPSED_MS = 3_600_000;
export const MINIMUM_ELAPSED_RATIO = 0.01;

/** The spend so far, continued at its mean rate: spent / elapsed × length. */
export const runRate: Forecaster = {
  id: 'run_rate',
  forecast({ period, nowMs, spentNanoUsd }) {
    const lengthMs = period.endMs - period.startMs;
    const elapsedMs = Math.min(nowMs - period.startMs, lengthMs);
    if (elapsedMs < Math.max(MINIMUM_ELAPSED_MS, MINIMUM_ELAPSED_RATIO * lengthMs))
      return { kind: 'too_early' };
    return { kind: 'forecast', endOfPeriodUsd: usdFromNanoUsd(spentNanoUsd) * (lengthMs / elapsedMs) };
  },
};
