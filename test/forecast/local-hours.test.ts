import { expect, test } from 'vitest';
import { localHours } from '../../exporter/forecast/local-hours.ts';

/** Hours of the day and of the days of 1970 that the clocks show. */
test.each([
  ['UTC', '2026-03-29T00:00Z', [0, 1, 2, 3]],
  ['clocks put forward at 01:00 UTC', '2026-03-29T00:00Z', [1, 3, 4, 5], 'Europe/Berlin'],
  ['clocks put back at 01:00 UTC', '2026-10-25T00:00Z', [2, 2, 3, 4], 'Europe/Berlin'],
  ['half hours ahead', '2026-05-01T18:00Z', [23, 0, 1, 2], 'Asia/Kolkata'],
  ['half an hour put back at 15:00 UTC', '2026-04-04T13:00Z', [0, 1, 1, 2], 'Australia/Lord_Howe'],
  ['a day left out', '2011-12-30T08:00Z', [22, 23, 0, 1], 'Pacific/Apia'],
])('%s', (_name, from, hours, zone = 'UTC') => {
  const shown = localHours(Date.parse(from), hours.length, zone);
  expect([...shown].map((hour) => hour % 24)).toEqual(hours);
});

test('the leap day is a day', () => {
  const [hour = 0] = localHours(Date.parse('2028-02-29T12:00Z'), 1, 'UTC');
  expect(new Date(Math.floor(hour / 24) * 86_400_000).toISOString()).toBe('2028-02-29T00:00:00.000Z');
});

test('an unknown zone is refused', () => {
  expect(() => localHours(0, 1, 'Mars/Olympus')).toThrow(RangeError);
});
