import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { contains, monthOf } from '../../exporter/domain/period.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const utc = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();

/** `2024-02-29`, by another formatter than the one under test. */
const localDate = (atMs: number, timeZone: string) => {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(atMs);
};
const formats = new Map<string, Intl.DateTimeFormat>();
const localMonth = (atMs: number, timeZone: string) => localDate(atMs, timeZone).slice(0, 7);
const monthAfter = (month: string) => {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 7);
};

describe('monthOf', () => {
  test.each([
    ['UTC', '2024-02-29T23:59:59.999Z', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['UTC', '2023-02-28T00:00:00.000Z', '2023-02-01T00:00:00.000Z', '2023-03-01T00:00:00.000Z'],
    ['UTC', '2100-02-28T12:00:00.000Z', '2100-02-01T00:00:00.000Z', '2100-03-01T00:00:00.000Z'],
    ['UTC', '2024-12-31T23:59:59.999Z', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['UTC', '2024-03-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z', '2024-04-01T00:00:00.000Z'],
    ['UTC', '1969-12-31T23:59:59.500Z', '1969-12-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    // A month that is an hour short, one that is an hour long, and the change on the last day itself.
    ['Europe/Berlin', '2024-03-31T12:00:00.000Z', '2024-02-29T23:00:00.000Z', '2024-03-31T22:00:00.000Z'],
    ['Europe/Berlin', '2024-10-15T12:00:00.000Z', '2024-09-30T22:00:00.000Z', '2024-10-31T23:00:00.000Z'],
    // Already the next month there, though not in UTC; and the other way round.
    ['Asia/Kolkata', '2024-01-31T18:30:00.000Z', '2024-01-31T18:30:00.000Z', '2024-02-29T18:30:00.000Z'],
    ['Asia/Kathmandu', '2024-01-31T18:14:59.999Z', '2023-12-31T18:15:00.000Z', '2024-01-31T18:15:00.000Z'],
    ['Pacific/Chatham', '2024-04-01T00:00:00.000Z', '2024-03-31T10:15:00.000Z', '2024-04-30T11:15:00.000Z'],
    ['America/New_York', '2024-11-01T03:00:00.000Z', '2024-10-01T04:00:00.000Z', '2024-11-01T04:00:00.000Z'],
    [
      'Australia/Lord_Howe',
      '2024-04-15T00:00:00.000Z',
      '2024-03-31T13:00:00.000Z',
      '2024-04-30T13:30:00.000Z',
    ],
    ['Africa/Casablanca', '2026-02-20T00:00:00.000Z', '2026-01-31T23:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    // 30 December 2011 did not exist.
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-01T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
    // 31 December 1994 did not exist: the month begins at the change, 24 hours before the old offset's midnight.
    [
      'Pacific/Kiritimati',
      '1995-01-15T00:00:00.000Z',
      '1994-12-31T10:00:00.000Z',
      '1995-01-31T10:00:00.000Z',
    ],
    // The day begins at 01:00.
    ['America/Asuncion', '2017-10-10T00:00:00.000Z', '2017-10-01T04:00:00.000Z', '2017-11-01T03:00:00.000Z'],
    ['Asia/Amman', '2016-04-10T00:00:00.000Z', '2016-03-31T22:00:00.000Z', '2016-04-30T21:00:00.000Z'],
    ['America/Santiago', '2024-09-08T04:00:00.000Z', '2024-09-01T04:00:00.000Z', '2024-10-01T03:00:00.000Z'],
    // Midnight comes twice.
    ['America/Havana', '2015-11-01T05:00:00.000Z', '2015-11-01T04:00:00.000Z', '2015-12-01T05:00:00.000Z'],
    // At 00:01 on the 1st clocks went back to 23:01 on the 31st: November had begun.
    ['America/St_Johns', '2009-10-31T12:00:00.000Z', '2009-10-01T02:30:00.000Z', '2009-11-01T02:30:00.000Z'],
    ['America/St_Johns', '2009-11-01T03:00:00.000Z', '2009-11-01T02:30:00.000Z', '2009-12-01T03:30:00.000Z'],
    ['America/St_Johns', '2009-11-01T02:30:00.000Z', '2009-11-01T02:30:00.000Z', '2009-12-01T03:30:00.000Z'],
  ])('%s at %s', (timeZone, at, start, end) => {
    const { startMs, endMs } = monthOf(utc(at), timeZone);
    expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
  });

  const anyZone = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'));
  const oddZone = fc.constantFrom(
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/Santiago',
    'Africa/Casablanca',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'America/Asuncion',
  );
  const instant = fc.integer({ min: utc('1970-02-01T00:00:00Z'), max: utc('2100-01-01T00:00:00Z') });

  it('starts at the first instant of the 1st and ends where the next one starts', () => {
    fc.assert(
      fc.property(fc.oneof(anyZone, oddZone), instant, (timeZone, atMs) => {
        const period = monthOf(atMs, timeZone);
        const { startMs, endMs } = period;
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(atMs).toBeLessThan(endMs);
        expect(localDate(startMs, timeZone)).toBe(`${localMonth(startMs, timeZone)}-01`);
        const month = localMonth(startMs, timeZone);
        expect(localMonth(startMs - 1, timeZone) < month).toBe(true);
        for (let beforeMs = 15 * MINUTE_MS; beforeMs < 2 * DAY_MS; beforeMs += 60 * MINUTE_MS) {
          expect(localMonth(startMs - beforeMs, timeZone) < month).toBe(true);
        }
        expect(localMonth(endMs, timeZone)).toBe(monthAfter(month));

        expect(monthOf(endMs, timeZone).startMs).toBe(endMs);
        expect(monthOf(startMs - 1, timeZone).endMs).toBe(startMs);
        expect(monthOf(startMs, timeZone)).toEqual(period);
        expect(monthOf(endMs - 1, timeZone)).toEqual(period);
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on what it was asked before', () => {
    fc.assert(
      fc.property(oddZone, fc.array(instant, { minLength: 2, maxLength: 6 }), (timeZone, times) => {
        const forwards = times.map((atMs) => monthOf(atMs, timeZone));
        const backwards = times.toReversed().map((atMs) => monthOf(atMs, timeZone));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [Number.NaN, 'UTC'],
    [Number.POSITIVE_INFINITY, 'UTC'],
    [0, 'Mars/Olympus'],
  ])('refuses %s in %s', (atMs, timeZone) => {
    expect(() => monthOf(atMs, timeZone)).toThrow(RangeError);
  });
});

test.each([
  [9, false],
  [10, true],
  [19, true],
  [20, false],
])('contains: %d in [10, 20) is %s', (atMs, expected) => {
  expect(contains({ startMs: 10, endMs: 20 }, atMs)).toBe(expected);
});
