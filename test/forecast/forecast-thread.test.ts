import { afterEach, expect, it, test } from 'vitest';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { type ForecastRequest, ForecastThread } from '../../exporter/forecast/forecast-thread.ts';
import { forecastSeries } from '../../exporter/forecast/index.ts';
import { seriesOf } from './series-of.ts';

const worker = new URL('./breaking-worker.ts', import.meta.url);
const threads: ForecastThread[] = [];
afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())));

function newThread(options?: ConstructorParameters<typeof ForecastThread>[0]): ForecastThread {
  const thread = new ForecastThread(options);
  threads.push(thread);
  return thread;
}

function request(amount: number, timeZone = 'UTC'): ForecastRequest {
  const series = seriesOf('2026-04-01T00:00Z', '2026-05-11T00:00Z', 'UTC', ({ hour }) => amount * (1 + hour));
  return { series, options: { horizonEndMs: Date.parse('2026-06-01T00:00Z'), timeZone } };
}

it('gives what forecastSeries gives, in the order of the requests, and leaves the series as they are', async () => {
  const short = { series: { startMs: 0, amounts: new Float64Array(5).fill(1) }, options: request(1).options };
  const requests = [
    request(1),
    { ...short, options: { horizonEndMs: HOUR_MS, timeZone: 'UTC' } },
    request(3),
  ];
  const forecasts = await newThread().forecastAll(requests);
  expect(forecasts).toEqual(requests.map(({ series, options }) => forecastSeries(series, options)));
  expect(requests.map(({ series }) => series.amounts.length)).toEqual([960, 5, 960]);
});

it('answers a call of more series than go to the thread at a time', async () => {
  const requests = Array.from({ length: 101 }, (_, at) => {
    const series = { startMs: 0, amounts: new Float64Array(at % 2 === 0 ? 5 : 72).fill(at) };
    return { series, options: { horizonEndMs: 75 * HOUR_MS, timeZone: 'UTC' } };
  });
  const forecasts = await newThread().forecastAll(requests);
  expect(forecasts).toEqual(requests.map(({ series, options }) => forecastSeries(series, options)));
});

it('answers calls one after the other, an empty one at once', async () => {
  const thread = newThread();
  const answers = await Promise.all([
    thread.forecastAll([request(1)]),
    thread.forecastAll([]),
    thread.forecastAll([request(2), request(3)]),
  ]);
  expect(answers.map((forecasts) => forecasts.length)).toEqual([1, 0, 2]);
});

it('starts anew after it was idle', async () => {
  const thread = newThread({ idleMs: 0 });
  const [first] = await thread.forecastAll([request(1)]);
  // The timer of the end was set before this one.
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await thread.forecastAll([request(1)])).toEqual([first]);
});

it('says what is wrong with a request, and goes on', async () => {
  const thread = newThread();
  await expect(thread.forecastAll([request(1), request(1, 'Mars/Olympus')])).rejects.toThrow('Mars/Olympus');
  expect(await thread.forecastAll([request(1)])).toHaveLength(1);
});

test.each([
  ['Break/Throw', 'forecast: the thread broke: broken on purpose'],
  ['Break/Exit', 'forecast: the thread broke: the thread ended with 7'],
])('%s rejects its call alone; the calls after it have a new thread', async (zone, message) => {
  const thread = newThread({ worker });
  const broken = thread.forecastAll([request(1, zone)]);
  const waiting = thread.forecastAll([request(1)]);
  await expect(broken).rejects.toThrow(message);
  expect(await waiting).toHaveLength(1);
  expect(await thread.forecastAll([request(1)])).toHaveLength(1);
});

it('gives up a call that hangs', async () => {
  const thread = newThread({ worker, patienceMs: 1 });
  const hanging = thread.forecastAll([request(1, 'Break/Hang')]);
  await expect(hanging).rejects.toThrow('forecast: the thread broke: no answer within 0.001 s');
});

it('ends at once when it is closed, whatever it is at', async () => {
  const thread = newThread({ worker });
  const hanging = thread.forecastAll([request(1, 'Break/Hang')]);
  const waiting = thread.forecastAll([request(1)]);
  const outcomes = Promise.allSettled([hanging, waiting]);
  await thread.close();
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { message: 'forecast: the thread broke: the thread was closed' } },
    { status: 'rejected', reason: { message: 'forecast: the thread was closed' } },
  ]);
  await expect(thread.forecastAll([request(1)])).rejects.toThrow('forecast: the thread is closed');
});

it('takes no more calls than it can hold', async () => {
  const thread = newThread({ worker });
  const calls = Array.from({ length: 9 }, (_, at) =>
    thread.forecastAll([request(1, at === 0 ? 'Break/Hang' : 'UTC')]),
  );
  const outcomes = Promise.allSettled(calls);
  await expect(thread.forecastAll([request(1)])).rejects.toThrow('8 calls are waiting already');
  await thread.close();
  expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
});

it('takes no more hours than it can hold', async () => {
  const long = { startMs: 0, amounts: new Float64Array(4_000_001) };
  const { options } = request(1);
  await expect(
    newThread().forecastAll([
      { series: long, options },
      { series: long, options },
    ]),
  ).rejects.toThrow('expected at most 8000000 hours of series in a call, got 8000002');
});
