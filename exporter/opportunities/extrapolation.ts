/** 365.25 days / 12. */
export const HOURS_PER_MONTH = 730.5;

/** A shorter window says nothing about a month. */
export const MINIMUM_WINDOW_HOURS = 1;

const HALF_CONFIDENCE_CALLS = 30;
const HALF_CONFIDENCE_HOURS = 12;

/** What to multiply a window's sum by to get a month's, if the month goes on like the window; absent below an hour. */
export function monthsPerWindow(windowHours: number): number | undefined {
  return windowHours >= MINIMUM_WINDOW_HOURS ? HOURS_PER_MONTH / windowHours : undefined;
}

/**
 * 0–1, the product of `calls / (calls + 30)` and `windowConfidence`: a few calls or a few hours are weak evidence
 * for a month. 30 calls over 12 hours give 0.25, 1,000 calls over a week 0.91.
 */
export function sampleConfidence(calls: number, windowHours: number): number {
  return (calls / (calls + HALF_CONFIDENCE_CALLS)) * windowConfidence(windowHours);
}

/** `hours / (hours + 12)`: half a day cannot show the daily rhythm, a week shows nearly all of it. */
export function windowConfidence(hours: number): number {
  return hours / (hours + HALF_CONFIDENCE_HOURS);
}
