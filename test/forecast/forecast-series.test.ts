import { describe, expect, it, test } from 'vitest';
import { type ForecastPath, pathAt, type SeriesForecast } from '../../exporter/domain/forecast.ts';
import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import { FORECASTERS, forecastSeries } from '../../exporter/forecast/index.ts';
import { type ClockHour, seriesOf } from './series-of.ts';

const BERLIN = 'Europe/Berlin';
const isWeekend = ({ weekday }: ClockHour) => weekday === 0 || weekday === 6;
const inOffice = ({ hour }: ClockHour) => hour >= 9 && hour < 18;

function pathOf(forecast: SeriesForecast): ForecastPath {
  if (forecast.kind !== 'forecast') throw new Error(`expected a path, got ${JSON.stringify(forecast)}`);
  return forecast;
}

function expectSound({ mid, lower, upper }: ForecastPath) {
  for (let step = 0; step < mid.length; step++) {
    const [low, middle, high] = [lower[step]!, mid[step]!, upper[step]!];
    expect([low, middle, high].every(Number.isFinite)).toBe(true);
    expect(low <= middle && middle <= high).toBe(true);
    expect(low >= (lower[step - 1] ?? 0)).toBe(true);
    expect(middle >= (mid[step - 1] ?? 0)).toBe(true);
    expect(high >= (upper[step - 1] ?? 0)).toBe(true);
  }
}

/** The middle of what is expected up to `to`. */
function expected(series: HourlySeries, to: string, timeZone: string): number {
  const horizonEndMs = Date.parse(to);
  const path = pathOf(forecastSeries(series, { horizonEndMs, timeZone }));
  expectSound(path);
  return pathAt(path, horizonEndMs).mid;
}

it('has methods with ids of their own', () => {
  expect(new Set(FORECASTERS.map(({ id }) => id)).size).toBe(FORECASTERS.length);
});

describe('what a series is expected to add up to', () => {
  // From, now, end of the horizon, zone, amount of an hour, how far off it may be.
  test.each<[string, string, string, string, string, (clock: ClockHour) => number, number]>([
    ['flat', '2026-03-01T00Z', '2026-05-11T00Z', '2026-06-01T00Z', 'UTC', () => 5, 0.001],
    ['flat for three days', '2026-05-08T00Z', '2026-05-11T00Z', '2026-06-01T00Z', 'UTC', () => 5, 0.001],
    ['nothing', '2026-03-01T00Z', '2026-05-11T00Z', '2026-06-01T00Z', 'UTC', () => 0, 0],
    [
      'office hours of weekdays',
      '2026-03-02T00Z',
      '2026-05-13T10Z',
      '2026-06-01T00Z',
      'UTC',
      (clock) => (isWeekend(clock) ? 0 : inOffice(clock) ? 20 : 1),
      0.02,
    ],
    [
      'quiet weekends',
      '2026-03-02T00Z',
      '2026-05-16T00Z',
      '2026-06-01T00Z',
      'UTC',
      (clock) => (isWeekend(clock) ? 2 : 7),
      0.01,
    ],
    [
      'growth of 1 % a day',
      '2026-03-01T00Z',
      '2026-05-11T00Z',
      '2026-06-01T00Z',
      'UTC',
      ({ index }) => 10 * 1.01 ** (index / 24),
      0.03,
    ],
    [
      'three times as much for five days',
      '2026-03-01T00Z',
      '2026-05-11T00Z',
      '2026-06-01T00Z',
      'UTC',
      ({ date }) => (date.getTime() >= Date.parse('2026-05-06') ? 15 : 5),
      0.03,
    ],
    [
      'a day of twenty times as much',
      '2026-03-01T00Z',
      '2026-05-11T00Z',
      '2026-06-01T00Z',
      'UTC',
      ({ date }) => (date.getTime() === Date.parse('2026-05-02') ? 100 : 5),
      0.03,
    ],
    [
      'a week of holidays that is over',
      '2026-03-01T00Z',
      '2026-05-11T00Z',
      '2026-06-01T00Z',
      'UTC',
      ({ date }) =>
        date.getTime() >= Date.parse('2026-04-28') && date.getTime() < Date.parse('2026-05-05') ? 1 : 5,
      0.03,
    ],
    [
      'four times as much on the last three days of a month',
      '2026-02-01T00Z',
      '2026-05-11T00Z',
      '2026-06-01T00Z',
      'UTC',
      ({ date }) => (new Date(date.getTime() + 3 * 864e5).getUTCDate() <= 3 ? 20 : 5),
      0.05,
    ],
    ['a leap day', '2027-12-06T00Z', '2028-02-14T00Z', '2028-03-01T00Z', 'UTC', () => 5, 0.001],
    [
      'clocks put forward',
      '2026-01-05T00Z',
      '2026-03-27T00Z',
      '2026-03-31T22:00Z',
      BERLIN,
      (clock) => (inOffice(clock) ? 20 : 1),
      0.02,
    ],
    [
      'clocks put back',
      '2026-08-03T00Z',
      '2026-10-23T00Z',
      '2026-10-31T23:00Z',
      BERLIN,
      (clock) => (inOffice(clock) ? 20 : 1),
      0.02,
    ],
  ])('%s', (_name, from, now, to, zone, amountAt, tolerance) => {
    const whole = seriesOf(full(from), full(to), zone, amountAt);
    const past = (Date.parse(full(now)) - whole.startMs) / HOUR_MS;
    const history = { startMs: whole.startMs, amounts: whole.amounts.slice(0, past) };
    const truth = whole.amounts.slice(past).reduce((sum, amount) => sum + amount, 0);
    const middle = expected(history, full(to), zone);
    expect(Math.abs(middle - truth)).toBeLessThanOrEqual(tolerance * truth);
  });

  it('follows the clocks of the zone when they are changed', () => {
    const amountAt = (clock: ClockHour) => (inOffice(clock) ? 20 : 0);
    const history = seriesOf('2026-01-05T00:00Z', '2026-03-27T00:00Z', BERLIN, amountAt);
    const path = pathOf(
      forecastSeries(history, { horizonEndMs: Date.parse('2026-04-01T00:00Z'), timeZone: BERLIN }),
    );
    const between = (from: string, to: string) =>
      pathAt(path, Date.parse(to)).mid - pathAt(path, Date.parse(from)).mid;
    // 18:00 is 17:00 UTC before the change of March 29th and 16:00 after it.
    const winterHour = between('2026-03-27T16:00Z', '2026-03-27T17:00Z');
    const summerHour = between('2026-03-30T16:00Z', '2026-03-30T17:00Z');
    expect(summerHour).toBeLessThan(winterHour / 5);
    expect(between('2026-03-30T07:00Z', '2026-03-30T08:00Z')).toBeGreaterThan(winterHour * 0.8);
  });

  it('has a band around noise, none worth a word around what never changes', () => {
    const options = { horizonEndMs: Date.parse('2026-06-01T00:00Z'), timeZone: 'UTC' };
    const halfWidth = (amountAt: (clock: ClockHour) => number) => {
      const history = seriesOf('2026-03-01T00:00Z', '2026-05-11T00:00Z', 'UTC', amountAt);
      const { lower, mid, upper } = pathAt(pathOf(forecastSeries(history, options)), options.horizonEndMs);
      return (upper - lower) / 2 / mid;
    };
    const flat = halfWidth(() => 5);
    const noisy = halfWidth(({ index }) => 5 + 4 * Math.sin(Math.floor(index / 24) ** 2));
    expect(noisy).toBeGreaterThan(flat + 0.02);
    expect(flat).toBeLessThan(0.15);
  });
});

describe('too little history', () => {
  const options = { horizonEndMs: Date.parse('2026-06-01T00:00Z'), timeZone: 'UTC' };
  const startMs = Date.parse('2026-05-01T00:00Z');
  const withStart = (zeros: number, hours: number) =>
    new Float64Array(zeros + hours).fill(7, zeros, zeros + hours);

  test.each([
    ['no hour', new Float64Array(0), 0],
    ['an hour less than three days', withStart(0, 71), 71],
    ['what came before the first charge does not count', withStart(500, 71), 71],
    ['hours without charges, but too few', new Float64Array(71), 71],
  ])('%s', (_name, amounts, hours) => {
    const forecast = forecastSeries({ startMs, amounts }, options);
    expect(forecast).toEqual({ kind: 'too_little_history', hours, neededHours: 72 });
  });

  test.each([
    ['three days', withStart(0, 72)],
    ['three days after a long time without charges', withStart(500, 72)],
    ['three days without charges', new Float64Array(72)],
  ])('enough: %s', (_name, amounts) => {
    expectSound(pathOf(forecastSeries({ startMs, amounts }, options)));
  });
});

describe('horizon', () => {
  const history = seriesOf('2026-05-01T00:00Z', '2026-05-20T00:00Z', 'UTC', () => 5);
  const endMs = Date.parse('2026-05-20T00:00Z');
  const forecast = (horizonEndMs: number) =>
    pathOf(forecastSeries(history, { horizonEndMs, timeZone: 'UTC' }));

  test.each([
    ['in the past', endMs - HOUR_MS, 0],
    ['now', endMs, 0],
    ['within the hour', endMs + 1, 1],
    ['of a day and a bit', endMs + 24 * HOUR_MS + 1, 25],
  ])('%s', (_name, horizonEndMs, steps) => {
    const path = forecast(horizonEndMs);
    expect(path).toMatchObject({ startMs: endMs, stepMs: HOUR_MS });
    expect(path.mid.length).toBe(steps);
    expect(pathAt(path, endMs)).toEqual({ lower: 0, mid: 0, upper: 0 });
  });

  it('is in days where it is far', () => {
    const path = forecast(endMs + 300 * 24 * HOUR_MS);
    expect(path).toMatchObject({ startMs: endMs, stepMs: 24 * HOUR_MS });
    expect(path.mid.length).toBe(300);
    expectSound(path);
  });

  it('is refused where it is too far, or no time', () => {
    expect(() => forecast(endMs + 401 * 24 * HOUR_MS)).toThrow('expected at most 400 days');
    expect(() => forecast(Number.NaN)).toThrow('expected at most 400 days');
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('an amount of %s is refused', (amount) => {
  const amounts = new Float64Array(100).fill(1);
  amounts[40] = amount;
  const options = { horizonEndMs: 200 * HOUR_MS, timeZone: 'UTC' };
  expect(() => forecastSeries({ startMs: 0, amounts }, options)).toThrow('hour 40 of the series');
});

function full(time: string): string {
  return time.length === 'yyyy-mm-ddThhZ'.length ? time.replace('Z', ':00Z') : time;
}
