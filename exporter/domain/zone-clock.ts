import { HOUR_MS } from './series.ts';

export const DAY_MS = 24 * HOUR_MS;

/** The clocks of an IANA zone. */
export interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
}

/** Throws RangeError on an unknown zone. */
export function zoneClock(timeZone: string): ZoneClock {
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
  return { format };
}

/**
 * Local time written as if it were UTC, to the second: offsets had seconds in them once. Throws RangeError on a time
 * that is no number.
 */
export function wallClockMs(atMs: number, { format }: ZoneClock): number {
  const fields: Record<string, number> = {};
  for (const part of format.formatToParts(atMs)) fields[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Local time minus UTC. `atMs` is a whole second. */
export function offsetMs(atMs: number, clock: ZoneClock): number {
  return wallClockMs(atMs, clock) - atMs;
}

/**
 * First instant at which the clocks show `wallMs` (a whole second, written as if it were UTC) or later. Holds for one
 * clock change at most within a day either side.
 */
export function firstInstant(wallMs: number, clock: ZoneClock): number {
  const before = offsetMs(wallMs - DAY_MS, clock);
  const after = offsetMs(wallMs + DAY_MS, clock);
  const beforeChange = wallMs - before;
  const afterChange = wallMs - after;
  if (before === after || offsetMs(beforeChange, clock) === before) return beforeChange;
  if (offsetMs(afterChange, clock) === after) return afterChange;
  return changeBetween(wallMs - DAY_MS, wallMs + DAY_MS, clock);
}

/** When the clocks were changed that differ at two whole seconds, with one change between them. */
export function changeBetween(fromMs: number, toMs: number, clock: ZoneClock): number {
  const before = offsetMs(fromMs, clock);
  let lastBefore = fromMs / 1000;
  let firstAfter = toMs / 1000;
  while (firstAfter - lastBefore > 1) {
    const middle = Math.floor((lastBefore + firstAfter) / 2);
    if (offsetMs(middle * 1000, clock) === before) lastBefore = middle;
    else firstAfter = middle;
  }
  return firstAfter * 1000;
}
