/** A calendar period: `[startMs, endMs)`, milliseconds since the epoch. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** The calendar month that contains `atMs` in the IANA zone `timeZone`, DST and odd offsets included. */
export function monthOf(atMs: number, timeZone: string): Period {
  const { year, month } = civilDate(atMs, timeZone);
  return {
    startMs: startOfCivilDay(year, month, timeZone),
    endMs: month === 12 ? startOfCivilDay(year + 1, 1, timeZone) : startOfCivilDay(year, month + 1, timeZone),
  };
}

function civilDate(atMs: number, timeZone: string): { year: number; month: number } {
  const parts = formatter(timeZone).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return { year: part('year'), month: part('month') };
}

/** First instant of the first day of the month. Where midnight is skipped by a DST change, the instant after the gap. */
function startOfCivilDay(year: number, month: number, timeZone: string): number {
  const wallClock = Date.UTC(year, month - 1, 1);
  // The offset depends on the instant and the instant on the offset: two rounds settle it.
  const guess = wallClock - offsetMs(wallClock, timeZone);
  const settled = wallClock - offsetMs(guess, timeZone);
  return offsetMs(settled, timeZone) === offsetMs(guess, timeZone) ? settled : Math.max(guess, settled);
}

function offsetMs(atMs: number, timeZone: string): number {
  const parts = formatter(timeZone).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(atMs / 1000) * 1000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let format = formatters.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, format);
  }
  return format;
}
