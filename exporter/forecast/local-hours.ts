import { HOUR_MS } from '../domain/series.ts';
import { DAY_MS, offsetMs, type ZoneClock, zoneClock } from '../domain/zone-clock.ts';

/** Offsets kept of one zone: some ten years of days. */
const KEPT_OFFSETS = 4096;
const KEPT_ZONES = 64;

/**
 * What the zone's clocks show at each of `count` hours from `startMs` on, as whole hours since 1970-01-01T00 of those
 * clocks: the rest by 24 is the hour of the day. Throws RangeError on an unknown zone.
 */
export function localHours(startMs: number, count: number, timeZone: string): Int32Array {
  const zone = zoneOf(timeZone);
  const hours = new Int32Array(count);
  let dayMs = Number.NaN;
  let first = 0;
  let last = 0;
  for (let hour = 0; hour < count; hour++) {
    const atMs = startMs + hour * HOUR_MS;
    if (!(atMs - dayMs < DAY_MS)) {
      dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
      first = offsetAt(dayMs, zone);
      last = offsetAt(dayMs + DAY_MS, zone);
    }
    const offset = first === last ? first : offsetAt(atMs, zone);
    hours[hour] = Math.floor((atMs + offset) / HOUR_MS);
  }
  return hours;
}

interface Zone {
  readonly clock: ZoneClock;
  /** To ask a zone takes some 30 µs, and series of the same months ask the same. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const zone = { clock: zoneClock(timeZone), offsets: new Map<number, number>() };
  if (zones.size >= KEPT_ZONES) zones.clear();
  zones.set(timeZone, zone);
  return zone;
}

function offsetAt(atMs: number, { clock, offsets }: Zone): number {
  const known = offsets.get(atMs);
  if (known !== undefined) return known;
  const offset = offsetMs(atMs, clock);
  if (offsets.size >= KEPT_OFFSETS) offsets.clear();
  offsets.set(atMs, offset);
  return offset;
}
