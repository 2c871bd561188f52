import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import { DAY_MS, offsetMs, type ZoneClock, zoneClock } from '../domain/zone-clock.ts';

export const DAY_HOURS = 24;

/**
 * What the 24 hours cost that began `n + 1` days before the window, at the same time of the local clocks: `[n][j]` is
 * their hour `j`. Days of the same weekday are 7 apart. None reaches back beyond the first hour that cost anything.
 */
export type PastDays = readonly Float64Array[];

/** `beginMs`: where the window begins, a multiple of an hour. */
export function pastDays({ startMs, amounts }: HourlySeries, beginMs: number, timeZone: string): PastDays {
  const first = amounts.findIndex((amount) => amount > 0);
  if (first < 0) return [];
  const offset = offsetAt(beginMs, timeZone);
  const begin = (beginMs - startMs) / HOUR_MS;
  const days: Float64Array[] = [];
  for (let ago = 1; begin - ago * DAY_HOURS >= first; ago++) {
    // Clock changes of half an hour are left at the nearest hour.
    const shift = Math.round((offset - offsetAt(beginMs - ago * DAY_MS, timeZone)) / HOUR_MS);
    const from = Math.max(begin - ago * DAY_HOURS + shift, first);
    // The day before the clocks went forward would reach an hour into the window.
    const to = Math.min(from + DAY_HOURS, begin);
    const day = new Float64Array(DAY_HOURS);
    day.set(amounts.subarray(from, to));
    days.push(day);
  }
  return days;
}

interface Zone {
  readonly clock: ZoneClock;
  /** All series of a look ask for the same ones, and one takes 10 µs. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();
const HELD_OFFSETS = 10_000;

function offsetAt(atMs: number, timeZone: string): number {
  const zone = zones.get(timeZone) ?? { clock: zoneClock(timeZone), offsets: new Map() };
  zones.set(timeZone, zone);
  let offset = zone.offsets.get(atMs);
  if (offset === undefined) {
    if (zone.offsets.size >= HELD_OFFSETS) zone.offsets.clear();
    offset = offsetMs(atMs, zone.clock);
    zone.offsets.set(atMs, offset);
  }
  return offset;
}
