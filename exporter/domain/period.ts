/** A calendar period: `[startMs, endMs)`, milliseconds since the epoch. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export const PERIOD_KINDS = ['hour', 'day', 'week', 'month', 'quarter', 'year', 'rolling'] as const;

/** How time is cut into a budget's periods. */
export type PeriodSpec =
  /** An hour, a day, a week from Monday of the zone's clocks. */
  | { readonly kind: 'hour' | 'day' | 'week' }
  /** A month from the `startDay` (1–28) on; quarters and years from that day of the `startMonth` (1–12). Calendar ones have 1 and 1. */
  | {
      readonly kind: 'month' | 'quarter' | 'year';
      readonly startMonth: number;
      readonly startDay: number;
    }
  /** The last `days` × 24 hours, up to the end of the current hour (UTC): a new one begins every hour. */
  | { readonly kind: 'rolling'; readonly days: number };

/** The `period` label: the kind, `rolling_30d`. */
export function periodLabel(spec: PeriodSpec): string {
  return spec.kind === 'rolling' ? `rolling_${spec.days}d` : spec.kind;
}

/**
 * The period of the spec that contains `atMs`. Those of a zone (but rolling ones) cover time without gap or overlap.
 * Throws RangeError on an unknown zone or a time that is no number.
 */
export function periodAt(spec: PeriodSpec, atMs: number, timeZone: string): Period {
  if (spec.kind === 'month' && spec.startDay === 1) return monthOf(atMs, timeZone);
  throw new Error(`not built yet: ${spec.kind}`);
}

/**
 * The calendar month that contains `atMs` in the IANA zone `timeZone`. It starts at the first instant whose local
 * date is in it and ends where the next one starts, so the months of a zone cover time without gap or overlap,
 * even where a clock change skips midnight or repeats it. Throws RangeError on an unknown zone or a time that is no
 * number. The latest month of each zone is remembered: a call for it costs a comparison, any other about 30 µs.
 */
export function monthOf(atMs: number, timeZone: string): Period {
  const zone = zoneOf(timeZone);
  if (zone.latest && contains(zone.latest, atMs)) return zone.latest;
  const wall = new Date(wallClockMs(atMs, zone));
  const month = monthPeriod(wall.getUTCFullYear(), wall.getUTCMonth(), zone);
  // Clocks put back from the 1st to the last of the old month: that hour belongs to the month that had begun.
  const period =
    atMs < month.endMs ? month : monthPeriod(wall.getUTCFullYear(), wall.getUTCMonth() + 1, zone);
  zone.latest = period;
  return period;
}

/** `[startMs, endMs)`. */
export function contains(period: Period, atMs: number): boolean {
  return atMs >= period.startMs && atMs < period.endMs;
}

/** `monthIndex` counts from 0 and may be 12. */
function monthPeriod(year: number, monthIndex: number, zone: Zone): Period {
  return Object.freeze({
    startMs: firstInstant(Date.UTC(year, monthIndex, 1), zone),
    endMs: firstInstant(Date.UTC(year, monthIndex + 1, 1), zone),
  });
}

const DAY_MS = 86_400_000;

/**
 * First instant at which the zone's clocks show `wallMs` (a local midnight written as if it were UTC) or later.
 * Holds for one clock change at most within a day either side, and for a skipped midnight only where the change comes
 * at that midnight, as every one on the first of a month since 1905 does.
 */
function firstInstant(wallMs: number, zone: Zone): number {
  const before = offsetMs(wallMs - DAY_MS, zone);
  const after = offsetMs(wallMs + DAY_MS, zone);
  const beforeChange = wallMs - before;
  const afterChange = wallMs - after;
  if (offsetMs(beforeChange, zone) === before) return beforeChange;
  if (offsetMs(afterChange, zone) === after) return afterChange;
  return beforeChange;
}

/** Local time minus UTC. `atMs` is a whole second. */
function offsetMs(atMs: number, zone: Zone): number {
  return wallClockMs(atMs, zone) - atMs;
}

/** Local time as if it were UTC, to the second: offsets had seconds in them once. */
function wallClockMs(atMs: number, zone: Zone): number {
  const fields: Record<string, number> = {};
  for (const part of zone.format.formatToParts(atMs)) fields[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  latest: Period | undefined;
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, latest: undefined };
    zones.set(timeZone, zone);
  }
  return zone;
}
