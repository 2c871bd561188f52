import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { App } from '../../../exporter/app/index.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { CUMULATIVE, DELTA, type GivenPoint, ingest, metricsApp, requestOf } from './metrics-given.ts';

const cumulative = (
  start: number,
  time: number,
  value: number,
  more: Partial<GivenPoint> = {},
): GivenPoint => ({
  temporality: CUMULATIVE,
  start,
  time,
  value,
  ...more,
});
const delta = (start: number, time: number, value: number): GivenPoint => ({
  temporality: DELTA,
  start,
  time,
  value,
});

/** Points sent one request after another, and the input tokens that are counted after each. */
test.each<[what: string, points: readonly GivenPoint[], counted: readonly number[]]>([
  ['delta: each point once', [delta(0, 10, 5), delta(10, 20, 7), delta(20, 30, 0)], [5, 12, 12]],
  ['delta: a resent point is known', [delta(0, 10, 5), delta(0, 10, 5), delta(10, 20, 5)], [5, 5, 10]],
  ['delta: in any order', [delta(20, 30, 9), delta(0, 10, 5), delta(10, 20, 7)], [9, 14, 21]],
  ['delta: a start before ours does not matter', [delta(-300, 10, 5)], [5]],
  ['cumulative: what a point adds to the one before', [cumulative(1, 10, 5), cumulative(1, 20, 12)], [5, 12]],
  ['cumulative: a resent point adds nothing', [cumulative(1, 10, 5), cumulative(1, 10, 5)], [5, 5]],
  ['cumulative: an older point adds nothing', [cumulative(1, 20, 12), cumulative(1, 10, 5)], [12, 12]],
  ['cumulative: began with us, so it is counted whole', [cumulative(0, 60, 100)], [100]],
  [
    'cumulative: began before us, so counting begins here',
    [cumulative(-5, 10, 100), cumulative(-5, 20, 130)],
    [0, 30],
  ],
  [
    'cumulative: a new start is a new count',
    [cumulative(1, 10, 5), cumulative(11, 20, 3), cumulative(11, 30, 4)],
    [5, 8, 9],
  ],
  [
    'cumulative: two processes of one name',
    [cumulative(1, 10, 100), cumulative(2, 11, 50), cumulative(1, 20, 101), cumulative(2, 21, 52)],
    [100, 150, 151, 153],
  ],
  [
    'cumulative: a counter that goes back was reset',
    [cumulative(1, 10, 100), cumulative(1, 20, 3), cumulative(1, 30, 4)],
    [100, 103, 104],
  ],
  [
    'cumulative without a start: only differences',
    [cumulative(1, 10, 100, { start: undefined }), cumulative(1, 20, 103, { start: undefined })],
    [0, 3],
  ],
  [
    'cumulative without a start that goes back: counting begins anew',
    [
      cumulative(1, 10, 100, { start: undefined }),
      cumulative(1, 20, 3, { start: undefined }),
      cumulative(1, 30, 10, { start: undefined }),
    ],
    [0, 0, 7],
  ],
  [
    'no recorded value: nothing, and no reset',
    [cumulative(1, 10, 5), { ...cumulative(1, 20, 0), flags: 1 }, cumulative(1, 30, 6)],
    [5, 5, 6],
  ],
])('%s', async (_what, points, counted) => {
  const { send, tokens } = await metricsApp();
  const seen: number[] = [];
  for (const point of points) {
    expect((await send('gpt-4o', point)).rejected).toEqual([]);
    seen.push((await tokens('gpt-4o')).input ?? 0);
  }
  expect(seen).toEqual(counted);
});

/** Keeps the ledger from being written to while the work is done, then waits until it can be again. */
async function whileLocked(app: App, dataDir: string, work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const other = new DatabaseSync(join(dataDir, 'ledger.sqlite'), { timeout: 10_000 });
  other.exec('BEGIN IMMEDIATE');
  await work();
  other.exec('ROLLBACK');
  other.close();
  await vi.waitFor(() => expect(app.notReadyBecause()).toBeUndefined(), { timeout: 20_000, interval: 50 });
}

test.each([
  ['by a clock that is right', 100, { input: 5 }],
  ['by a clock that is 90 s ahead', 10, {}],
])('a first point that says when it began, %s', async (_what, receivedAfterSeconds, counted) => {
  const { app, ports, tokens } = await metricsApp();
  ports.nowMs += receivedAfterSeconds * 1000;
  await ingest(app, requestOf('gpt-4o', [cumulative(70, 100, 5)]));
  expect(await tokens('gpt-4o')).toEqual(counted);
});

test('what was not stored is not lost: resent it counts once, and the next point counts it too', async () => {
  const dataDir = tempDir();
  const { app, send, tokens } = await metricsApp({}, dataDir);
  const refused = { code: 'ledger_unavailable' };
  const [first, second, third] = [cumulative(1, 10, 5), cumulative(1, 20, 12), cumulative(1, 30, 20)];

  await send('gpt-4o', first!);
  await whileLocked(app, dataDir, () => expect(send('gpt-4o', second!)).rejects.toMatchObject(refused));
  expect(await send('gpt-4o', second!)).toMatchObject({ accepted: 1 });
  expect(await send('gpt-4o', second!)).toMatchObject({ duplicate: 1 });
  expect(await tokens('gpt-4o')).toEqual({ input: 12 });

  await whileLocked(app, dataDir, () => expect(send('gpt-4o', third!)).rejects.toMatchObject(refused));
  await send('gpt-4o', cumulative(1, 40, 21));
  expect(await send('gpt-4o', third!)).toMatchObject({ accepted: 0, duplicate: 0 });
  expect(await tokens('gpt-4o')).toEqual({ input: 21 });
});

test('a part of a total that does not count is not made up for after a request that was not stored', async () => {
  const dataDir = tempDir();
  const { app, send, tokens } = await metricsApp({}, dataDir);
  const part = { metric: 'cache_read.input_tokens' };
  await whileLocked(app, dataDir, () =>
    expect(
      send(
        'gpt-4o',
        cumulative(-9, 10, 9000),
        cumulative(1, 10, 500, part),
        cumulative(1, 10, 7, { metric: 'output_tokens' }),
      ),
    ).rejects.toMatchObject({ code: 'ledger_unavailable' }),
  );
  await send('gpt-4o', cumulative(-9, 20, 9100), cumulative(1, 20, 560, part));
  expect(await tokens('gpt-4o')).toEqual({ input: 40, cache_read: 60 });
});

test('after a restart of ours a running count goes on from its next point, and that is counted as skipped', async () => {
  const dataDir = tempDir();
  const before = await metricsApp({}, dataDir);
  await before.send('gpt-4o', cumulative(1, 10, 100));
  await before.app.close();
  before.ports.nowMs += 5000;
  const after = await metricsApp({}, dataDir, before.ports);
  const first = await after.send('gpt-4o', cumulative(1, 20, 140));
  expect(first).toEqual({ accepted: 0, duplicate: 0, unpriced: 0, rejected: [], skipped: { baseline: 1 } });
  await after.send('gpt-4o', cumulative(1, 30, 150));
  expect(await after.tokens('gpt-4o')).toEqual({ input: 110 });
});

test('after a restart of ours deltas lose and repeat nothing', async () => {
  const dataDir = tempDir();
  const before = await metricsApp({}, dataDir);
  await before.send('gpt-4o', delta(0, 10, 100));
  await before.app.close();
  const after = await metricsApp({}, dataDir, before.ports);
  expect(await after.send('gpt-4o', delta(0, 10, 100))).toMatchObject({ accepted: 0, duplicate: 1 });
  expect(await after.send('gpt-4o', delta(10, 20, 7))).toMatchObject({ accepted: 1 });
  expect(await after.tokens('gpt-4o')).toEqual({ input: 107 });
});

test('one request with points of the same series and others', async () => {
  const { send, tokens } = await metricsApp();
  await send(
    'gpt-4o',
    cumulative(1, 30, 9),
    cumulative(1, 10, 5),
    cumulative(1, 30, 9),
    cumulative(1, 20, 7),
  );
  expect(await tokens('gpt-4o')).toEqual({ input: 9 });
});
