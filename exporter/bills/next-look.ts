const LEAST_SECONDS = 60;
const MOST_SECONDS = 86_400;

/**
 * Wait before the next look: the interval after a success; after failures a minute, doubled each time up to the
 * interval, and never less than the provider asked for. A day at most, a minute at least.
 */
export function secondsToNextLook(intervalSeconds: number, failures: number, retryAfterSeconds = 0): number {
  if (failures === 0) return intervalSeconds;
  const backOff = Math.min(intervalSeconds, LEAST_SECONDS * 2 ** (failures - 1));
  return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, backOff, retryAfterSeconds));
}
