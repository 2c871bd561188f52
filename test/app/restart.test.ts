import { describe, expect, it } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import { NOW_MS } from '../support/charges.ts';
import { frozenPorts } from '../support/ports.ts';
import type { Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CALL_USD, type Call, givenApp, post, sampleOf, samplesOf } from './given.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Everything that continues over a restart: usage, cost, budgets. Not what counts from the start, nor durations. */
const LASTING = /^llm_(?!cost_exporter_|request_duration|price_table|budget_consumed)/;
const SETTINGS: Settings = {
  metrics: { label_sets: 4 },
  budgets: { monthly_usd: 1, tenants: { acme: { monthly_usd: 0.5 }, silent: { monthly_usd: 1 } } },
};

const variety: readonly Call[] = [
  { id: 'old', atMs: NOW_MS - 40 * DAY_MS },
  { id: 'plain', atMs: NOW_MS },
  { id: 'cached', atMs: NOW_MS, usage: { input_tokens: 9000, cache_read_tokens: 8000 } },
  { id: 'batch', atMs: NOW_MS, service_tier: 'batch' },
  { id: 'failed', atMs: NOW_MS - 5 * DAY_MS, status: 'error', project_id: 'p' },
  { id: 'unknown', atMs: NOW_MS, model: 'gpt-99', tenant: 'globex' },
  { id: 'both', atMs: NOW_MS, cost_usd: 0.004 },
  { id: 'reported', atMs: NOW_MS, model: 'gpt-99', cost_usd: 0.123456789 },
  { id: 'team', atMs: NOW_MS, team: 'search', feature: 'f', environment: 'prod' },
  ...Array.from({ length: 10 }, (_, i) => ({
    id: `fold-${i}`,
    atMs: NOW_MS - i * MINUTE_MS,
    tenant: `t${i}`,
  })),
  { id: 'unknown and folded', atMs: NOW_MS, model: 'gpt-98', tenant: 't3' },
];

async function restarted(app: App, dataDir: string, settings: Settings, ports = frozenPorts()): Promise<App> {
  await app.close();
  return givenApp(dataDir, settings, ports);
}

describe('a restart', () => {
  it('changes no counter, no budget and no month-to-date, whatever was counted', async () => {
    const dataDir = tempDir();
    const first = await givenApp(dataDir, SETTINGS, frozenPorts());
    expect(await post(first, variety)).toMatchObject({ accepted: variety.length, unpriced: 2, rejected: [] });
    const before = await samplesOf(first, LASTING);
    const families = new Set([...before.keys()].map((key) => key.slice(0, key.indexOf(' '))));
    for (const family of ['cost', 'tokens', 'requests', 'unpriced_tokens', 'cost_savings', 'cost_wasted'])
      expect(families).toContain(`llm_${family}_total`);
    for (const family of ['cost_month_to_date_usd', 'cost_rate_usd_per_hour', 'budget_spent_usd'])
      expect(families).toContain(`llm_${family}`);
    const second = await restarted(first, dataDir, SETTINGS);
    await expect.poll(() => samplesOf(second, LASTING)).toEqual(before);
  });

  it('knows what was counted before: the same request again counts nothing', async () => {
    const dataDir = tempDir();
    const first = await givenApp(dataDir, SETTINGS, frozenPorts());
    await post(first, variety);
    const before = await samplesOf(first, LASTING);
    const second = await restarted(first, dataDir, SETTINGS);
    expect(await post(second, variety)).toMatchObject({ accepted: 0, duplicate: variety.length });
    await expect.poll(() => samplesOf(second, LASTING)).toEqual(before);
  });

  it('leaves a label set its place even if a duplicate had named a later one first', async () => {
    const dataDir = tempDir();
    const settings: Settings = { metrics: { label_sets: 2 } };
    const first = await givenApp(dataDir, settings, frozenPorts());
    await post(first, [{ id: 'a', atMs: NOW_MS }]);
    // The same call with another model: seen before, so nothing of that model has been counted.
    expect(await post(first, [{ id: 'a', atMs: NOW_MS, model: 'gpt-4.1' }])).toMatchObject({ duplicate: 1 });
    await post(first, [{ id: 'b', atMs: NOW_MS, model: 'gpt-4o-mini' }]);
    await post(first, [{ id: 'c', atMs: NOW_MS, model: 'gpt-4.1' }]);
    const before = await samplesOf(first, LASTING);
    const second = await restarted(first, dataDir, settings);
    await expect.poll(() => samplesOf(second, LASTING)).toEqual(before);
  });

  it('shows a scraper the values that it knows, and what is new at 0 first', async () => {
    const dataDir = tempDir();
    const first = await givenApp(dataDir, {}, frozenPorts());
    await post(first, [{ id: 'a' }]);
    const second = await restarted(first, dataDir, {});
    await post(second, [{ id: 'b', tenant: 'globex' }]);
    const requests = async () => {
      const { blocks } = await second.scrape('prometheus');
      const block = blocks.find(({ family }) => family === 'llm_requests_total')!;
      return Object.fromEntries(
        Array.from({ length: block.length }, (_, row) => [block.labelsAt(row)![2], block.valueAt(row)]),
      );
    };
    expect(await requests()).toEqual({ acme: 1, globex: 0 });
    expect(await requests()).toEqual({ acme: 1, globex: 1 });
  });
});

describe('late events', () => {
  it('are counted, and are in the month and the budget of their own time only', async () => {
    const dataDir = tempDir();
    const app = await givenApp(dataDir, SETTINGS, frozenPorts());
    await post(app, [{ id: 'now' }, { id: 'last month', atMs: NOW_MS - 25 * DAY_MS }]);
    const seen = async (of: App) => ({
      requests: await sampleOf(of, 'llm_requests_total'),
      monthToDate: await sampleOf(of, 'llm_cost_month_to_date_usd'),
      spent: await sampleOf(of, 'llm_budget_spent_usd', { budget: 'tenant:acme' }),
      rate: await sampleOf(of, 'llm_cost_rate_usd_per_hour'),
    });
    const expected = { requests: 2, monthToDate: CALL_USD, spent: CALL_USD, rate: CALL_USD };
    expect(await seen(app)).toEqual(expected);
    expect(await seen(await restarted(app, dataDir, SETTINGS))).toEqual(expected);
  });

  it('beyond the retention are refused', async () => {
    const app = await givenApp(tempDir(), SETTINGS, frozenPorts());
    const answer = await post(app, [{ id: 'ancient', atMs: NOW_MS - 401 * DAY_MS }]);
    expect(answer).toMatchObject({ accepted: 0, rejected: [{ code: 'timestamp_too_old' }] });
  });
});
