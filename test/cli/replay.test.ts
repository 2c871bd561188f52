import { expect, test } from 'vitest';
import { openReplay, REPLAYED_FAMILIES } from '../../exporter/app/replay.ts';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import { createRandom } from '../../scripts/random.ts';
import { frozenPorts } from '../support/ports.ts';
import { configOf, openApp, type Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 10 * MINUTE_MS;
/** Over midnight in Berlin, where October ends at 23:00 UTC. */
const FROM_MS = Date.UTC(2026, 9, 31, 20);
const TO_MS = Date.UTC(2026, 10, 1, 1);
const POLL = { timeout: 10_000 };

const SETTINGS: Settings = {
  time_zone: 'Europe/Berlin',
  pricing: {
    models: [{ provider: 'own', model: 'priced', usd_per_million: { input: 10, output: 30 } }],
  },
  budgets: {
    monthly_usd: 50,
    definitions: [
      { name: 'day', scope: { tenant: 't0' }, limit: 5, period: 'day' },
      { name: 'hour', limit: 20_000, unit: 'tokens', period: 'hour' },
      { name: 'users', each: 'user', limit: 1, period: 'day' },
      { name: 'last', limit: 100, unit: 'calls', period: 'rolling', rolling_days: 1 },
    ],
  },
};
/** Depend on when a forecast or a look was made: not what adds up. */
const OF_LOOKS = /forecast|exhaustion|anomal|llm_cost_(window|expected)/;

function callsBetween(fromMs: number, seed: number) {
  const random = createRandom(seed);
  return Array.from({ length: 4 }, (_, index) => ({
    id: `${fromMs}-${index}`,
    timestamp: new Date(fromMs + Math.floor(random.uniform() * STEP_MS)).toISOString(),
    provider: 'own',
    model: random.uniform() < 0.9 ? 'priced' : 'unknown',
    tenant_id: `t${index % 3}`,
    user_id: `u${index % 2}`,
    status: random.uniform() < 0.2 ? 'error' : 'success',
    usage: {
      input_tokens: Math.round(random.around(2000)),
      output_tokens: Math.round(random.around(200)),
    },
  }));
}

/** Series of replayed families with their values; what is 0 may not be there yet. */
function samplesOf(blocks: readonly SampleBlock[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const block of blocks) {
    if (!REPLAYED_FAMILIES.has(block.family) || OF_LOOKS.test(block.family)) continue;
    for (let row = 0; row < block.length; row++) {
      const labels = block.labelsAt(row);
      if (!labels || block.valueAt(row) === 0) continue;
      found[[block.family, block.suffixAt?.(row) ?? '', ...labels].join('|')] = block.valueAt(row);
    }
  }
  return found;
}

/** Whether every budget is known, in its current period, and the window of the last day has been read since it moved on. */
function isSettled(blocks: readonly SampleBlock[], atMs: number, callTimes: readonly number[]): boolean {
  const valuesOf = (name: string) => {
    const block = blocks.find(({ family }) => family === name)!;
    return Array.from(
      { length: block.length },
      (_, row) => [block.labelsAt(row)![0]!, block.valueAt(row)] as const,
    );
  };
  const ends = valuesOf('llm_budget_period_end_timestamp_seconds');
  const lastEnd = ends.find(([name]) => name === 'last')?.[1];
  if (lastEnd === undefined || !ends.some(([name]) => name === 'hour')) return false;
  const inWindow = callTimes.filter((ms) => ms >= lastEnd * 1000 - 86_400_000 && ms < lastEnd * 1000).length;
  const used = valuesOf('llm_budget_quota_used').find(([name]) => name === 'last')![1];
  return ends.length >= 4 && ends.every(([, end]) => end > atMs / 1000) && used === inWindow;
}

test('a replay shows at every moment what the exporter showed then', async () => {
  const directory = tempDir();
  const ports = frozenPorts(FROM_MS);
  const app = await openApp(directory, SETTINGS, ports);
  const shown = new Map<number, Record<string, number>>();
  const callTimes: number[] = [];
  try {
    for (let atMs = FROM_MS; atMs <= TO_MS; atMs += STEP_MS) {
      if (atMs > FROM_MS) {
        const events = callsBetween(atMs - STEP_MS, atMs / STEP_MS);
        callTimes.push(...events.map(({ timestamp }) => Number(new Date(timestamp))));
        const body = Buffer.from(JSON.stringify({ events }));
        ports.nowMs = atMs - 1;
        await app.ingest('events', { body, contentType: 'application/json', provider: '', attributes: {} });
      }
      ports.nowMs = atMs;
      // A scrape has what is not known of the budgets read; a later one shows it.
      await expect
        .poll(async () => isSettled((await app.scrape('live')).blocks, atMs, callTimes), POLL)
        .toBe(true);
      shown.set(atMs, samplesOf((await app.scrape('live')).blocks));
    }
  } finally {
    await app.close();
  }

  const config = configOf(directory, SETTINGS);
  const replay = openReplay({ config, fromMs: FROM_MS, toMs: TO_MS, stepMs: STEP_MS, monotonic: () => 0 });
  expect(replay.fromMs).toBe(FROM_MS);
  let isBehind = 0;
  for await (const { atMs, blocks } of replay.moments(REPLAYED_FAMILIES)) {
    const replayed = samplesOf(blocks);
    const live = shown.get(atMs)!;
    // A scraper is shown a new counter at 0 once: only the live one was asked again.
    for (const series of Object.keys(live)) {
      if (series in replayed) continue;
      expect(series, `${new Date(atMs).toISOString()} lacks it`).toMatch(/_total\|/);
      delete live[series];
      isBehind += 1;
    }
    expect(replayed, new Date(atMs).toISOString()).toEqual(live);
  }
  expect(isBehind).toBeLessThan(60);
}, 60_000);

test('a time without charges is told', () => {
  const directory = tempDir();
  const config = configOf(directory, {});
  expect(() =>
    openReplay({ config, fromMs: FROM_MS, toMs: TO_MS, stepMs: STEP_MS, monotonic: () => 0 }),
  ).toThrow(/no ledger at/);
});
