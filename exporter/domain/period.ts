import { HOUR_MS } from './series.ts';
import {
  changeBetween,
  DAY_MS,
  firstInstant,
  offsetMs,
  wallClockMs,
  type ZoneClock,
  zoneClock,
} from './zone-clock.ts';

/** A calendar period: `[startMs, endMs)`, milliseconds since the epoch. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export const PERIOD_KINDS = ['hour', 'day', 'week', 'month', 'quarter', 'year', 'rolling'] as const;

/** How time is cut into a budget's periods. */
export type PeriodSpec =
  /** An hour, a day, a week from Monday of the zone's clocks. */
  | { readonly kind: 'hour' }
  | { readonly kind: 'day' }
  | { readonly kind: 'week' }
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
 * All but hours start at the first instant whose local date is in them and end where the next one starts, even where a
 * clock change skips midnight or repeats it: what such a change repeats belongs to the period that had begun.
 * Hours begin at whole hours of the local clocks and at clock changes, and are never longer than an hour: a repeated
 * hour has a period (and the whole limit) each time, a skipped one has none, and a change by half an hour leaves one of
 * half an hour.
 * Throws RangeError on an unknown zone or a time that is no number. The latest period of each spec and zone is
 * remembered: a call for it costs a comparison, any other about 30 µs.
 */
export function periodAt(spec: PeriodSpec, atMs: number, timeZone: string): Period {
  const zone = zoneOf(timeZone);
  if (spec.kind === 'rolling') return rollingPeriod(spec.days, atMs);
  const key = memoryKey(spec);
  const latest = zone.latest.get(key);
  if (latest && contains(latest, atMs)) return latest;
  const period = spec.kind === 'hour' ? hourPeriod(atMs, zone.clock) : calendarPeriod(spec, atMs, zone.clock);
  zone.latest.set(key, period);
  return period;
}

const CALENDAR_MONTH: PeriodSpec = Object.freeze({ kind: 'month', startMonth: 1, startDay: 1 });

/** The calendar month that contains `atMs` in the IANA zone `timeZone`, see `periodAt`. */
export function monthOf(atMs: number, timeZone: string): Period {
  return periodAt(CALENDAR_MONTH, atMs, timeZone);
}

/** `[startMs, endMs)`. */
export function contains(period: Period, atMs: number): boolean {
  return atMs >= period.startMs && atMs < period.endMs;
}

function rollingPeriod(days: number, atMs: number): Period {
  if (!Number.isFinite(atMs)) throw new RangeError(`expected a time in milliseconds, got ${atMs}`);
  const endMs = Math.floor(atMs / HOUR_MS) * HOUR_MS + HOUR_MS;
  return Object.freeze({ startMs: endMs - days * DAY_MS, endMs });
}

function hourPeriod(atMs: number, clock: ZoneClock): Period {
  const atSecondMs = Math.floor(atMs / 1000) * 1000;
  const offset = offsetMs(atSecondMs, clock);
  const startMs = Math.floor((atSecondMs + offset) / HOUR_MS) * HOUR_MS - offset;
  const endMs = startMs + HOUR_MS;
  const lastSecondMs = endMs - 1000;
  return Object.freeze({
    startMs: offsetMs(startMs, clock) === offset ? startMs : changeBetween(startMs, atSecondMs, clock),
    endMs: offsetMs(lastSecondMs, clock) === offset ? endMs : changeBetween(atSecondMs, lastSecondMs, clock),
  });
}

type CalendarSpec = Exclude<PeriodSpec, { kind: 'hour' } | { kind: 'rolling' }>;

function calendarPeriod(spec: CalendarSpec, atMs: number, clock: ZoneClock): Period {
  const starts = startsAround(spec, new Date(wallClockMs(atMs, clock)));
  const [startMs, endMs] = [firstInstant(starts(0), clock), firstInstant(starts(1), clock)];
  // Clocks put back over the end of a period: that time belongs to the next, which had begun.
  return Object.freeze(
    atMs < endMs ? { startMs, endMs } : { startMs: endMs, endMs: firstInstant(starts(2), clock) },
  );
}

/** Where the period of a local time starts and, counted from it, those that follow, as local times. */
function startsAround(spec: CalendarSpec, wall: Date): (following: number) => number {
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  if (spec.kind === 'day') return (following) => Date.UTC(year, month, day + following);
  if (spec.kind === 'week') {
    const monday = day - ((wall.getUTCDay() + 6) % 7);
    return (following) => Date.UTC(year, month, monday + 7 * following);
  }
  const length = { month: 1, quarter: 3, year: 12 }[spec.kind];
  const begun = day < spec.startDay ? month - 1 : month;
  const first = begun - ((begun - (spec.startMonth - 1) + 12) % length);
  return (following) => Date.UTC(year, first + length * following, spec.startDay);
}

interface Zone {
  readonly clock: ZoneClock;
  /** By `memoryKey`. */
  readonly latest: Map<number, Period>;
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    zone = { clock: zoneClock(timeZone), latest: new Map() };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** Specs that cut time in the same way have the same. */
function memoryKey(spec: Exclude<PeriodSpec, { kind: 'rolling' }>): number {
  switch (spec.kind) {
    case 'hour':
      return -3;
    case 'day':
      return -2;
    case 'week':
      return -1;
    case 'month':
      return spec.startDay;
    case 'quarter':
      return 100 * (3 + (spec.startMonth % 3)) + spec.startDay;
    case 'year':
      return 1000 * spec.startMonth + spec.startDay;
  }
}
