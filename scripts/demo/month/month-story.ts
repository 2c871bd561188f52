/** The month of the demo, UTC: what happens when. Days are of October 2026. */
export const MONTH = { startMs: Date.UTC(2026, 9, 1), endMs: Date.UTC(2026, 10, 1) };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the forecast has to look back on. */
export const HISTORY_FROM_MS = MONTH.startMs - 28 * DAY_MS;
/** The first days of the next month, in which everything is to calm down. */
export const STORY_END_MS = MONTH.endMs + 6 * HOUR_MS;

/** A feature is rolled out in the third week, to more users every two days. */
export const LAUNCH = [
  { fromMs: Date.UTC(2026, 9, 19), factor: 1.4 },
  { fromMs: Date.UTC(2026, 9, 21), factor: 1.8 },
  { fromMs: Date.UTC(2026, 9, 23), factor: 2.2 },
] as const;

/** The month costs so many times its budget. */
export const OVERSPEND = 1.25;

/** Calls in an hour, relative to a mean hour before the launch: office hours, quiet weekends, then the launch. */
export function hourWeight(atMs: number): number {
  const at = new Date(atMs);
  const weekday = (at.getUTCDay() + 6) % 7;
  const day = weekday < 5 ? 1.2 : 0.5;
  const hour = 1 + 0.7 * Math.sin((Math.PI * (at.getUTCHours() - 8)) / 12);
  const launched = LAUNCH.findLast(({ fromMs }) => atMs >= fromMs);
  return day * hour * (launched?.factor ?? 1);
}
