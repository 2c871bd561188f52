import { medianOf } from '../domain/order-statistics.ts';
import { logsOf } from './level-breaks.ts';

/** Mean of the days; one `halfLifeDays` before another counts half as much. */
export function levelOf(base: Float64Array, halfLifeDays: number): number {
  const fading = 2 ** (-1 / halfLifeDays);
  let sum = 0;
  let weights = 0;
  for (const amount of base) {
    sum = sum * fading + amount;
    weights = weights * fading + 1;
  }
  return weights === 0 ? 0 : sum / weights;
}

const TREND_DAYS = 84;
const LEAST_DAYS = 14;
/** How many times its squared error a squared slope must be to be more than luck. */
const DOUBT = 4;
/** Growth of a day beyond which it is no trend: some 25 % a week. */
const STEEPEST = 0.03;

/** Growth of a day as a logarithm: the straight line through the logarithms, shrunk to 0 by its error. */
export function trendOf(base: Float64Array): number {
  const recent = base.subarray(-TREND_DAYS);
  const count = recent.length;
  if (count < LEAST_DAYS || !(medianOf(recent) > 0)) return 0;
  const logs = logsOf(recent);
  const middle = (count - 1) / 2;
  const mean = logs.reduce((sum, log) => sum + log, 0) / count;
  let covariance = 0;
  let variance = 0;
  for (let day = 0; day < count; day++) {
    covariance += (day - middle) * (logs[day]! - mean);
    variance += (day - middle) ** 2;
  }
  const slope = covariance / variance;
  let squares = 0;
  let products = 0;
  let before = 0;
  for (let day = 0; day < count; day++) {
    const rest = logs[day]! - mean - slope * (day - middle);
    squares += rest * rest;
    products += rest * before;
    before = rest;
  }
  if (squares === 0) return limited(slope);
  // Days are like the one before, so that fewer of them tell something new.
  const likeness = Math.min(Math.max(products / squares, 0), 0.8);
  const error = ((squares / (count - 2) / variance) * (1 + likeness)) / (1 - likeness);
  return limited(slope * Math.max(0, 1 - (DOUBT * error) / slope ** 2));
}

function limited(slope: number): number {
  return Number.isFinite(slope) ? Math.min(Math.max(slope, -STEEPEST), STEEPEST) : 0;
}
