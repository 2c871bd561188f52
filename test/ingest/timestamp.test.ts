import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimestamp, timestampMs } from '../../exporter/ingest/timestamp.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

describe('is read', () => {
  test.each<[given: string | number, ms: number]>([
    ['2026-11-21T12:00:00Z', NOON],
    ['2026-11-21T12:00:00.5Z', NOON + 500],
    ['2026-11-21T12:00:00.123Z', NOON + 123],
    ['2026-02-28 23:59:59.999Z', Date.UTC(2026, 1, 28, 23, 59, 59, 999)],
    ['2026-11-21T12:00:00.123456789Z', NOON + 123],
    ['2026-11-21T17:30:00+05:30', NOON],
    ['2026-11-21t12:00:00z', NOON],
    ['2026-11-21 12:00:00Z', NOON],
    ['2026-11-21 12:00:00.123456789z', NOON + 123],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['1000-01-01 00:00:00z', Date.UTC(1000, 0, 1)],
    [NOON, NOON],
    [NOON + 0.9, NOON],
    [NOON / 1000, NOON],
    [NOON / 1000 + 0.25, NOON + 250],
    [0, 0],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
  ])('%s', (given, ms) => {
    expect(isTimestamp(given)).toBe(true);
    expect(timestampMs(given)).toBe(ms);
  });
});

test.each<unknown>([
  '2026-02-29T12:00:00Z',
  '1900-02-29T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-00-10T12:00:00Z',
  '0026-11-21 12:00:00Z',
  '0999-12-31T12:00:00Z',
  '2026-13-10T12:00:00Z',
  '2026-11-00T12:00:00Z',
  '2026-11-32T12:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T12:60:00Z',
  '2026-11-21T12:00:60Z',
  '2026-11-21T12:00Z',
  '2026-11-21T12:00:00',
  '2026-11-21T12:00:00+24:00',
  '2026-11-21T12:00:00.Z',
  '2026-11-21T12:00:00.1234567890Z',
  '2026-11-21',
  '20261121T120000Z',
  '+002026-11-21T12:00:00Z',
  ' 2026-11-21T12:00:00Z',
  '2026-11-21T12:00:00Z\n',
  '1795262400',
  '',
  -1,
  8.65e15,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  true,
  {},
  [],
])('%j is refused', (given) => {
  expect(isTimestamp(given)).toBe(false);
});

test('whatever is accepted is a whole number of milliseconds of a time that exists', () => {
  const digits = (length: number, max: number) =>
    fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, '0'));
  const text = fc
    .tuple(
      digits(4, 9999),
      digits(2, 14),
      digits(2, 33),
      fc.constantFrom('T', 't', ' '),
      digits(2, 25),
      digits(2, 61),
      digits(2, 61),
      fc.option(
        fc.integer({ min: 1, max: 9 }).chain((length) => digits(length, 10 ** length - 1)),
        { nil: '' },
      ),
      fc.constantFrom('Z', 'z', '+00:00', '-23:59', '+05:30', '+14:00'),
    )
    .map(
      ([year, month, day, separator, hour, minute, second, fraction, offset]) =>
        `${year}-${month}-${day}${separator}${hour}:${minute}:${second}${fraction === '' ? '' : `.${fraction}`}${offset}`,
    );
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(text, fc.double()), (given) => {
      if (!isTimestamp(given)) return;
      accepted += 1;
      const ms = timestampMs(given);
      expect(Number.isSafeInteger(ms)).toBe(true);
      if (typeof given !== 'string') return;
      const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(given) ?? ['', '+', '0', '0'];
      const offsetMs = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
      expect(new Date(ms + offsetMs).toISOString().slice(0, 10)).toBe(given.slice(0, 10));
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(500);
});
