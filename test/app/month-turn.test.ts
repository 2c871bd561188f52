import { describe, expect, it } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import { monthOf } from '../../exporter/domain/period.ts';
import { NOW_MS } from '../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../support/ports.ts';
import type { Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CALL_USD, givenApp, post, sampleOf } from './given.ts';

const MINUTE_MS = 60_000;

describe.each(['UTC', 'Asia/Kathmandu', 'America/St_Johns'])('the turn of the month in %s', (zone) => {
  const turnMs = monthOf(NOW_MS, zone).endMs;
  const settings: Settings = {
    time_zone: zone,
    budgets: { monthly_usd: 1, tenants: { acme: { monthly_usd: 1 } } },
  };

  const seen = async (app: App) => ({
    requests: await sampleOf(app, 'llm_requests_total'),
    monthToDate: await sampleOf(app, 'llm_cost_month_to_date_usd'),
    spent: await sampleOf(app, 'llm_budget_spent_usd', { budget: 'tenant:acme' }),
    spentByAll: await sampleOf(app, 'llm_budget_spent_usd', { budget: 'organization' }),
    periodEndMs:
      (await sampleOf(app, 'llm_budget_period_end_timestamp_seconds', { budget: 'organization' }))! * 1000,
  });
  const calls = (count: number) => Number((count * CALL_USD).toFixed(9));
  const expected = (requests: number, inMonth: number, periodEndMs: number) => ({
    requests,
    monthToDate: inMonth === 0 ? undefined : calls(inMonth),
    spent: calls(inMonth),
    spentByAll: calls(inMonth),
    periodEndMs,
  });

  /** Five minutes before the turn: two calls of the old month, one stamped three minutes into the new one. */
  async function beforeTheTurn(ports: FrozenPorts): Promise<{ app: App; dataDir: string }> {
    const dataDir = tempDir();
    const app = await givenApp(dataDir, settings, ports);
    await post(app, [
      { id: 'old-1', atMs: turnMs - 60 * MINUTE_MS },
      { id: 'old-2', atMs: turnMs - 1 },
      { id: 'early', atMs: turnMs + 3 * MINUTE_MS },
    ]);
    expect(await seen(app)).toEqual(expected(3, 2, turnMs));
    return { app, dataDir };
  }
  const nextEndMs = monthOf(turnMs, zone).endMs;

  it('begins with the calls that were stamped ahead of the clock', async () => {
    const ports = frozenPorts(turnMs - 5 * MINUTE_MS);
    const { app } = await beforeTheTurn(ports);
    ports.nowMs = turnMs;
    expect(await seen(app)).toEqual(expected(3, 1, nextEndMs));
    await post(app, [
      { id: 'new', atMs: turnMs },
      { id: 'late', atMs: turnMs - 2 },
    ]);
    expect(await seen(app)).toEqual(expected(5, 2, nextEndMs));
  });

  it('does so after a restart before it', async () => {
    const ports = frozenPorts(turnMs - 5 * MINUTE_MS);
    const { app, dataDir } = await beforeTheTurn(ports);
    await app.close();
    const again = await givenApp(dataDir, settings, ports);
    expect(await seen(again)).toEqual(expected(3, 2, turnMs));
    ports.nowMs = turnMs + 4 * MINUTE_MS;
    expect(await seen(again)).toEqual(expected(3, 1, nextEndMs));
  });

  it('and after a restart on the other side', async () => {
    const ports = frozenPorts(turnMs - 5 * MINUTE_MS);
    const { app, dataDir } = await beforeTheTurn(ports);
    await app.close();
    ports.nowMs = turnMs + 4 * MINUTE_MS;
    expect(await seen(await givenApp(dataDir, settings, ports))).toEqual(expected(3, 1, nextEndMs));
  });

  it('keeps what comes between the turn and the first scrape after it', async () => {
    const ports = frozenPorts(turnMs - 5 * MINUTE_MS);
    const { app } = await beforeTheTurn(ports);
    ports.nowMs = turnMs + MINUTE_MS;
    await post(app, [{ id: 'new', atMs: turnMs }]);
    expect(await seen(app)).toEqual(expected(4, 2, nextEndMs));
  });
});

describe('a clock that steps backwards', () => {
  const turnMs = monthOf(NOW_MS, 'UTC').endMs;
  const settings: Settings = { budgets: { monthly_usd: 1 } };
  const spent = (app: App) => sampleOf(app, 'llm_budget_spent_usd');

  it('loses no call and counts none twice', async () => {
    const ports = frozenPorts();
    const app = await givenApp(tempDir(), settings, ports);
    await post(app, [{ id: 'a' }, { id: 'b', atMs: NOW_MS }]);
    ports.nowMs = NOW_MS - 3 * 60 * MINUTE_MS;
    expect(await post(app, [{ id: 'c' }, { id: 'a' }])).toMatchObject({ accepted: 1, duplicate: 1 });
    expect(await sampleOf(app, 'llm_requests_total')).toBe(3);
    expect(await spent(app)).toBe(3 * CALL_USD);
    expect(await sampleOf(app, 'llm_cost_month_to_date_usd')).toBe(3 * CALL_USD);
    expect(await sampleOf(app, 'llm_cost_rate_usd_per_hour')).toBeGreaterThanOrEqual(0);
    ports.nowMs = NOW_MS;
    await post(app, [{ id: 'd' }]);
    expect(await sampleOf(app, 'llm_requests_total')).toBe(4);
    expect(await spent(app)).toBe(4 * CALL_USD);
  });

  it('over the turn of the month leaves each call in the month that it says', async () => {
    const ports = frozenPorts(turnMs - MINUTE_MS);
    const dataDir = tempDir();
    const app = await givenApp(dataDir, settings, ports);
    await post(app, [{ id: 'old' }]);
    ports.nowMs = turnMs + MINUTE_MS;
    await post(app, [{ id: 'new-1' }, { id: 'new-2' }]);
    expect(await spent(app)).toBe(2 * CALL_USD);
    ports.nowMs = turnMs - MINUTE_MS;
    await post(app, [{ id: 'old again' }, { id: 'old once more' }]);
    expect(await sampleOf(app, 'llm_requests_total')).toBe(5);
    ports.nowMs = turnMs + 2 * MINUTE_MS;
    expect(await spent(app)).toBe(2 * CALL_USD);
    expect(await sampleOf(app, 'llm_cost_month_to_date_usd')).toBe(2 * CALL_USD);
    await app.close();
    ports.nowMs = turnMs - MINUTE_MS;
    const again = await givenApp(dataDir, settings, ports);
    expect(await spent(again)).toBe(3 * CALL_USD);
    expect(await sampleOf(again, 'llm_requests_total')).toBe(5);
  });
});
