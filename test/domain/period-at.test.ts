import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { contains, monthOf, type PeriodSpec, periodAt, periodLabel } from '../../exporter/domain/period.ts';

const HOUR_MS = 3_600_000;
const utc = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');

const HOUR: PeriodSpec = { kind: 'hour' };
const DAY: PeriodSpec = { kind: 'day' };
const WEEK: PeriodSpec = { kind: 'week' };
const calendar = (kind: 'month' | 'quarter' | 'year'): PeriodSpec => ({ kind, startMonth: 1, startDay: 1 });
const fiscal = (kind: 'month' | 'quarter' | 'year', startMonth: number, startDay: number): PeriodSpec => ({
  kind,
  startMonth,
  startDay,
});
const rolling = (days: number): PeriodSpec => ({ kind: 'rolling', days });

type Row = [timeZone: string, at: string, start: string, end: string];

const TABLES: readonly (readonly [name: string, spec: PeriodSpec, rows: readonly Row[]])[] = [
  [
    'hours',
    HOUR,
    [
      ['UTC', '2024-02-29T23:59:59.999Z', '2024-02-29T23:00Z', '2024-03-01T00:00Z'],
      ['UTC', '1969-12-31T23:59:59.999Z', '1969-12-31T23:00Z', '1970-01-01T00:00Z'],
      // Local whole hours.
      ['Asia/Kolkata', '2024-05-01T10:00Z', '2024-05-01T09:30Z', '2024-05-01T10:30Z'],
      ['Asia/Kathmandu', '2024-05-01T10:20Z', '2024-05-01T10:15Z', '2024-05-01T11:15Z'],
      ['America/St_Johns', '2024-07-01T02:29:59.999Z', '2024-07-01T01:30Z', '2024-07-01T02:30Z'],
      // 02:00 to 03:00 is skipped; 02:00 to 03:00 comes twice.
      ['Europe/Berlin', '2024-03-31T00:30Z', '2024-03-31T00:00Z', '2024-03-31T01:00Z'],
      ['Europe/Berlin', '2024-03-31T01:00Z', '2024-03-31T01:00Z', '2024-03-31T02:00Z'],
      ['Europe/Berlin', '2024-10-27T00:59:59.999Z', '2024-10-27T00:00Z', '2024-10-27T01:00Z'],
      ['Europe/Berlin', '2024-10-27T01:00Z', '2024-10-27T01:00Z', '2024-10-27T02:00Z'],
      ['America/New_York', '2024-11-03T05:30Z', '2024-11-03T05:00Z', '2024-11-03T06:00Z'],
      ['America/New_York', '2024-11-03T06:30Z', '2024-11-03T06:00Z', '2024-11-03T07:00Z'],
      // At 02:00 back to 01:30, and at 02:00 on to 02:30: half an hour remains.
      ['Australia/Lord_Howe', '2024-04-06T14:59:59Z', '2024-04-06T14:00Z', '2024-04-06T15:00Z'],
      ['Australia/Lord_Howe', '2024-04-06T15:00Z', '2024-04-06T15:00Z', '2024-04-06T15:30Z'],
      ['Australia/Lord_Howe', '2024-04-06T15:30Z', '2024-04-06T15:30Z', '2024-04-06T16:30Z'],
      ['Australia/Lord_Howe', '2024-10-05T15:29:59.999Z', '2024-10-05T14:30Z', '2024-10-05T15:30Z'],
      ['Australia/Lord_Howe', '2024-10-05T15:45Z', '2024-10-05T15:30Z', '2024-10-05T16:00Z'],
      // At 00:01 back to 23:01.
      ['America/St_Johns', '2009-11-01T02:30:30Z', '2009-11-01T02:30Z', '2009-11-01T02:31Z'],
      ['America/St_Johns', '2009-11-01T02:31Z', '2009-11-01T02:31Z', '2009-11-01T03:30Z'],
    ],
  ],
  [
    'days',
    DAY,
    [
      ['UTC', '2024-02-29T12:00Z', '2024-02-29T00:00Z', '2024-03-01T00:00Z'],
      ['UTC', '2023-02-28T23:59:59.999Z', '2023-02-28T00:00Z', '2023-03-01T00:00Z'],
      // 23 hours, and 25.
      ['Europe/Berlin', '2024-03-31T12:00Z', '2024-03-30T23:00Z', '2024-03-31T22:00Z'],
      ['Europe/Berlin', '2024-10-27T12:00Z', '2024-10-26T22:00Z', '2024-10-27T23:00Z'],
      ['America/New_York', '2024-03-10T12:00Z', '2024-03-10T05:00Z', '2024-03-11T04:00Z'],
      ['America/New_York', '2024-11-03T12:00Z', '2024-11-03T04:00Z', '2024-11-04T05:00Z'],
      ['Australia/Lord_Howe', '2024-04-07T00:00Z', '2024-04-06T13:00Z', '2024-04-07T13:30Z'],
      // Midnight is skipped: the day begins at 01:00.
      ['Africa/Cairo', '2024-04-25T22:00Z', '2024-04-25T22:00Z', '2024-04-26T21:00Z'],
      ['Africa/Cairo', '2024-04-25T21:59:59.999Z', '2024-04-24T22:00Z', '2024-04-25T22:00Z'],
      ['America/Santiago', '2024-09-08T10:00Z', '2024-09-08T04:00Z', '2024-09-09T03:00Z'],
      // Midnight is where clocks go back to 23:00: the day before has 25 hours.
      ['Africa/Cairo', '2024-10-31T20:30Z', '2024-10-30T21:00Z', '2024-10-31T22:00Z'],
      ['Africa/Cairo', '2024-10-31T21:30Z', '2024-10-30T21:00Z', '2024-10-31T22:00Z'],
      ['America/Santiago', '2024-04-07T03:30Z', '2024-04-06T03:00Z', '2024-04-07T04:00Z'],
      // Midnight comes twice, at 01:00 clocks go back: it begins the first time.
      ['America/Havana', '2015-11-01T05:00Z', '2015-11-01T04:00Z', '2015-11-02T05:00Z'],
      // At 00:01 back to 23:01: the new day had begun.
      ['America/St_Johns', '2009-11-01T02:45Z', '2009-11-01T02:30Z', '2009-11-02T03:30Z'],
      // 30 December 2011 did not exist.
      ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
      ['Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
      // At 23:30 on to 00:00: half an hour is missing.
      ['Asia/Pyongyang', '2018-05-04T14:59:59.999Z', '2018-05-03T15:30Z', '2018-05-04T15:00Z'],
      ['Asia/Pyongyang', '2018-05-04T15:00Z', '2018-05-04T15:00Z', '2018-05-05T15:00Z'],
    ],
  ],
  [
    'weeks from Monday',
    WEEK,
    [
      ['UTC', '2024-02-29T12:00Z', '2024-02-26T00:00Z', '2024-03-04T00:00Z'],
      ['UTC', '2024-12-29T23:59:59.999Z', '2024-12-23T00:00Z', '2024-12-30T00:00Z'],
      ['UTC', '2025-01-01T00:00Z', '2024-12-30T00:00Z', '2025-01-06T00:00Z'],
      ['Europe/Berlin', '2024-03-31T12:00Z', '2024-03-24T23:00Z', '2024-03-31T22:00Z'],
      ['America/New_York', '2024-11-04T04:59:59.999Z', '2024-10-28T04:00Z', '2024-11-04T05:00Z'],
      ['Pacific/Apia', '2011-12-31T00:00Z', '2011-12-26T10:00Z', '2012-01-01T10:00Z'],
    ],
  ],
  [
    'months',
    calendar('month'),
    [
      ['UTC', '2024-02-29T12:00Z', '2024-02-01T00:00Z', '2024-03-01T00:00Z'],
      ['Asia/Kolkata', '2024-01-31T18:30Z', '2024-01-31T18:30Z', '2024-02-29T18:30Z'],
    ],
  ],
  [
    'months from the 15th',
    fiscal('month', 4, 15),
    [
      ['UTC', '2024-03-14T23:59:59.999Z', '2024-02-15T00:00Z', '2024-03-15T00:00Z'],
      ['UTC', '2024-03-15T00:00Z', '2024-03-15T00:00Z', '2024-04-15T00:00Z'],
      ['UTC', '2024-01-01T00:00Z', '2023-12-15T00:00Z', '2024-01-15T00:00Z'],
      ['Europe/Berlin', '2024-04-01T00:00Z', '2024-03-14T23:00Z', '2024-04-14T22:00Z'],
    ],
  ],
  [
    'quarters',
    calendar('quarter'),
    [
      ['UTC', '2024-03-31T23:59:59.999Z', '2024-01-01T00:00Z', '2024-04-01T00:00Z'],
      ['UTC', '2024-12-31T23:59:59.999Z', '2024-10-01T00:00Z', '2025-01-01T00:00Z'],
      ['America/New_York', '2024-04-01T03:59:59.999Z', '2024-01-01T05:00Z', '2024-04-01T04:00Z'],
    ],
  ],
  [
    'quarters of a fiscal year from 6 April',
    fiscal('quarter', 4, 6),
    [
      ['Europe/London', '2024-04-05T22:59:59.999Z', '2024-01-06T00:00Z', '2024-04-05T23:00Z'],
      ['Europe/London', '2024-04-05T23:00Z', '2024-04-05T23:00Z', '2024-07-05T23:00Z'],
      ['Europe/London', '2025-01-03T00:00Z', '2024-10-05T23:00Z', '2025-01-06T00:00Z'],
    ],
  ],
  [
    'quarters of a fiscal year from 1 November',
    fiscal('quarter', 11, 1),
    [['UTC', '2024-01-31T00:00Z', '2023-11-01T00:00Z', '2024-02-01T00:00Z']],
  ],
  [
    'years',
    calendar('year'),
    [
      ['UTC', '2024-12-31T23:59:59.999Z', '2024-01-01T00:00Z', '2025-01-01T00:00Z'],
      ['Pacific/Apia', '2011-12-31T09:00Z', '2011-01-01T10:00Z', '2011-12-31T10:00Z'],
    ],
  ],
  [
    'the British tax year',
    fiscal('year', 4, 6),
    [
      ['Europe/London', '2024-02-29T00:00Z', '2023-04-05T23:00Z', '2024-04-05T23:00Z'],
      ['Europe/London', '2024-04-05T23:00Z', '2024-04-05T23:00Z', '2025-04-05T23:00Z'],
    ],
  ],
  [
    "the American government's year",
    fiscal('year', 10, 1),
    [
      ['America/New_York', '2024-10-01T03:59:59.999Z', '2023-10-01T04:00Z', '2024-10-01T04:00Z'],
      ['America/New_York', '2025-01-01T12:00Z', '2024-10-01T04:00Z', '2025-10-01T04:00Z'],
    ],
  ],
  [
    'thirty rolling days',
    rolling(30),
    [
      ['UTC', '2024-03-01T00:00Z', '2024-01-31T01:00Z', '2024-03-01T01:00Z'],
      ['UTC', '2024-03-01T00:59:59.999Z', '2024-01-31T01:00Z', '2024-03-01T01:00Z'],
      // Hours of UTC, 24 of them a day, whatever the clocks there do.
      ['Asia/Kolkata', '2024-03-01T00:15Z', '2024-01-31T01:00Z', '2024-03-01T01:00Z'],
      ['Europe/Berlin', '2024-04-01T00:00Z', '2024-03-02T01:00Z', '2024-04-01T01:00Z'],
      ['UTC', '1969-12-31T23:30Z', '1969-12-02T00:00Z', '1970-01-01T00:00Z'],
    ],
  ],
];

for (const [name, spec, rows] of TABLES) {
  test.each(rows)(`${name}: %s at %s`, (timeZone, at, start, end) => {
    const { startMs, endMs } = periodAt(spec, utc(at), timeZone);
    expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
  });
}

describe('every period', () => {
  const fiscalKinds = fc.constantFrom('month', 'quarter', 'year');
  const anySpec = fc.oneof(
    fc.constantFrom(HOUR, DAY, WEEK, calendar('month'), calendar('quarter'), calendar('year')),
    fc.record({
      kind: fiscalKinds,
      startMonth: fc.integer({ min: 1, max: 12 }),
      startDay: fc.integer({ min: 1, max: 28 }),
    }) as fc.Arbitrary<PeriodSpec>,
  );
  const anyZone = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'));
  const oddZone = fc.constantFrom(
    'Africa/Cairo',
    'America/Santiago',
    'America/St_Johns',
    'Antarctica/Troll',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  );
  const instant = fc.integer({ min: utc('1970-02-01T00:00Z'), max: utc('2100-01-01T00:00Z') });
  /** Around clock changes there is most to get wrong. */
  const changes = new Map<string, readonly number[]>();
  const clockChange = (timeZone: string, pick: number): number => {
    const known = changes.get(timeZone) ?? changesOf(timeZone);
    changes.set(timeZone, known);
    return known.length === 0 ? utc('2024-03-31T01:00Z') : known[pick % known.length]!;
  };
  const zoneAndTime = fc.oneof(
    fc.tuple(fc.oneof(anyZone, oddZone), instant),
    fc
      .tuple(oddZone, fc.nat(1000), fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS }))
      .map(([timeZone, pick, distance]): [string, number] => [
        timeZone,
        clockChange(timeZone, pick) + distance,
      ]),
  );

  it('has its time in it, meets its neighbours, and is the same at every instant inside', () => {
    fc.assert(
      fc.property(
        zoneAndTime,
        anySpec,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
        ([timeZone, atMs], spec, shares) => {
          const period = periodAt(spec, atMs, timeZone);
          const { startMs, endMs } = period;
          expect(contains(period, atMs)).toBe(true);
          if (spec.kind === 'hour') expect(endMs - startMs).toBeLessThanOrEqual(HOUR_MS);
          expect(periodAt(spec, endMs, timeZone).startMs).toBe(endMs);
          expect(periodAt(spec, startMs - 1, timeZone).endMs).toBe(startMs);
          for (const share of shares) {
            const insideMs = startMs + Math.floor(share * (endMs - 1 - startMs));
            expect(periodAt(spec, insideMs, timeZone)).toEqual(period);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of a spec begins where one of a shorter kind begins', () => {
    fc.assert(
      fc.property(zoneAndTime, ([timeZone, atMs]) => {
        const { startMs: yearMs } = periodAt(calendar('year'), atMs, timeZone);
        for (const shorter of [calendar('quarter'), calendar('month'), DAY]) {
          expect(periodAt(shorter, yearMs, timeZone).startMs).toBe(yearMs);
        }
        const { startMs: weekMs } = periodAt(WEEK, atMs, timeZone);
        expect(periodAt(DAY, weekMs, timeZone).startMs).toBe(weekMs);
        expect(periodAt(calendar('month'), atMs, timeZone)).toEqual(monthOf(atMs, timeZone));
      }),
      { numRuns: 100 },
    );
  });

  it('of rolling days is as long as they are and moves on with every hour', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 366 }), (atMs, days) => {
        const period = periodAt(rolling(days), atMs, 'Europe/Berlin');
        expect(contains(period, atMs)).toBe(true);
        expect(period.endMs - period.startMs).toBe(days * 24 * HOUR_MS);
        expect(periodAt(rolling(days), period.endMs, 'Europe/Berlin').endMs).toBe(period.endMs + HOUR_MS);
      }),
    );
  });
});

it('follows a zone to another one', () => {
  const atMs = utc('2024-06-30T22:30Z');
  expect(
    ['UTC', 'Europe/Berlin', 'America/New_York', 'UTC'].map((zone) => iso(periodAt(DAY, atMs, zone).startMs)),
  ).toEqual(['2024-06-30T00:00Z', '2024-06-30T22:00Z', '2024-06-30T04:00Z', '2024-06-30T00:00Z']);
});

it('is remembered', () => {
  const atMs = utc('2024-06-15T12:00Z');
  for (const spec of [HOUR, DAY, WEEK, calendar('month'), calendar('quarter'), fiscal('year', 4, 6)]) {
    expect(periodAt({ ...spec }, atMs + 1, 'Asia/Tokyo')).toBe(periodAt(spec, atMs, 'Asia/Tokyo'));
  }
});

test.each([HOUR, DAY, calendar('year'), rolling(7)])('$kind refuses what is no time or no zone', (spec) => {
  expect(() => periodAt(spec, Number.NaN, 'UTC')).toThrow(RangeError);
  expect(() => periodAt(spec, Number.POSITIVE_INFINITY, 'UTC')).toThrow(RangeError);
  expect(() => periodAt(spec, 0, 'Mars/Olympus')).toThrow(RangeError);
});

test('the label of a period is its kind', () => {
  expect([HOUR, fiscal('year', 4, 6), rolling(30)].map(periodLabel)).toEqual(['hour', 'year', 'rolling_30d']);
});

/** Days on which the clocks of a zone were changed, by another formatter than the one under test. */
function changesOf(timeZone: string): number[] {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const offset = (atMs: number) => format.format(atMs).split('GMT')[1];
  const found: number[] = [];
  for (let atMs = utc('2005-01-01T00:00Z'); atMs < utc('2030-01-01T00:00Z'); atMs += 24 * HOUR_MS) {
    if (offset(atMs) !== offset(atMs + 24 * HOUR_MS)) found.push(atMs + 12 * HOUR_MS);
  }
  return found;
}
