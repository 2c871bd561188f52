import { meanOf } from '../domain/order-statistics.ts';
import type { Forecaster } from './forecaster.ts';

const RECENT_DAYS = 28;

/** The mean of the last four weeks, day by day. */
export const recentMean: Forecaster = {
  id: 'recent_mean',
  minimumDays: 1,
  isSlow: false,
  forecast({ days }, count) {
    return new Float64Array(count).fill(meanOf(days.subarray(-RECENT_DAYS)));
  },
};
