import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { frozenPorts } from '../support/ports.ts';
import type { Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CALL_USD, type Call, givenApp, post, sampleOf, samplesOf } from './given.ts';

const NOW = Date.parse('2026-11-21T10:20:00Z');
const DAY_MS = 86_400_000;

const DEFINITIONS: NonNullable<NonNullable<Settings['budgets']>['definitions']> = [
  { name: 'team and model', scope: { team: 'search', model: 'gpt-4o' }, limit: 1, period: 'week' },
  { name: 'day in India', scope: {}, limit: 1, period: 'day', time_zone: 'Asia/Kolkata' },
  { name: 'users', each: 'user', limit: 1, period: 'quarter' },
  { name: 'tagged', scope: { 'tag:cost_center': '42' }, unit: 'tokens', limit: 5000, period: 'year' },
  {
    name: 'window',
    scope: { tenant: 'acme' },
    unit: 'calls',
    limit: 100,
    period: 'rolling',
    rolling_days: 3,
  },
  { name: 'carried', limit: 1, period: 'month', rollover: { since: '2026-10-01' } },
];
const SETTINGS: Settings = { budgets: { monthly_usd: 1, definitions: DEFINITIONS } };
/** What a restart does not change. */
const SPENT = /^llm_budget_(spent|limit|quota|used|remaining|period|subjects|threshold)/;

const calls: readonly Call[] = [
  { id: 'plain', atMs: NOW },
  { id: 'search', atMs: NOW - 2 * DAY_MS, team: 'search', user_id: 'ann' },
  { id: 'before the week', atMs: NOW - 6 * DAY_MS, team: 'search', user_id: 'bob' },
  { id: 'before the day in India', atMs: Date.parse('2026-11-20T18:29:59Z'), user_id: 'ann' },
  { id: 'in the day in India', atMs: Date.parse('2026-11-20T18:30:00Z') },
  { id: 'tagged', atMs: NOW - 200 * DAY_MS, tags: { cost_center: '42' } },
  { id: 'otherwise tagged', atMs: NOW, tags: { cost_center: '43' } },
  { id: 'out of the window', atMs: NOW - 4 * DAY_MS },
  { id: 'of another tenant', atMs: NOW, tenant: 'globex' },
  { id: 'in October', atMs: Date.parse('2026-10-20T00:00:00Z') },
];

describe('budgets of every kind', () => {
  it('count what is theirs, and the same after a restart', async () => {
    const dataDir = tempDir();
    const app = await givenApp(dataDir, SETTINGS, frozenPorts(NOW));
    await post(app, calls);
    const usd = (count: number) => expect.closeTo(count * CALL_USD, 12);
    const spent = async (budget: string, scope_id?: string) =>
      sampleOf(app, 'llm_budget_spent_usd', { budget, ...(scope_id && { scope_id }) });
    expect(await spent('organization')).toEqual(usd(8));
    expect(await spent('team and model')).toEqual(usd(1));
    expect(await spent('day in India')).toEqual(usd(4));
    expect(await spent('users', 'ann')).toEqual(usd(2));
    expect(await spent('users', 'bob')).toEqual(usd(1));
    expect(await spent('carried')).toEqual(usd(8));
    expect(await sampleOf(app, 'llm_budget_limit_usd', { budget: 'carried' })).toEqual(
      expect.closeTo(2 - CALL_USD, 12),
    );
    expect(await sampleOf(app, 'llm_budget_quota_used', { budget: 'tagged' })).toBe(1100);
    expect(await sampleOf(app, 'llm_budget_quota_used', { budget: 'window' })).toBe(5);
    const before = await samplesOf(app, SPENT);
    await app.close();
    const again = await givenApp(dataDir, SETTINGS, frozenPorts(NOW));
    expect(await samplesOf(again, SPENT)).toEqual(before);
  });

  it('are what the ledger says, whatever comes when', async () => {
    const anyCall = fc.record({
      daysAgo: fc.double({ min: 0, max: 45, noNaN: true }),
      tenant: fc.constantFrom('acme', 'globex'),
      team: fc.constantFrom('search', 'chat'),
      user_id: fc.constantFrom('ann', 'bob'),
      tags: fc.constantFrom({ cost_center: '42' }, { cost_center: '43' }),
      hoursLater: fc.constantFrom(0, 0, 1, 7, 40),
    });
    let id = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyCall, { maxLength: 5 }), { maxLength: 6 }), async (batches) => {
        const dataDir = tempDir();
        const ports = frozenPorts(NOW);
        const app = await givenApp(dataDir, SETTINGS, ports);
        for (const batch of batches) {
          await post(
            app,
            batch.map(({ daysAgo, hoursLater: _, ...call }) => ({
              ...call,
              id: `call-${++id}`,
              atMs: Math.round(ports.nowMs - daysAgo * DAY_MS),
            })),
          );
          ports.nowMs += 3_600_000 * (batch[0]?.hoursLater ?? 0);
          await samplesOf(app, SPENT);
        }
        const copy = tempDir();
        cpSync(dataDir, copy, { recursive: true });
        const again = await givenApp(copy, SETTINGS, frozenPorts(ports.nowMs));
        const fromLedger = await samplesOf(again, SPENT);
        await again.close();
        // A window that has moved on is loaded again once a scrape has seen it.
        await vi.waitFor(async () => expect(await samplesOf(app, SPENT)).toEqual(fromLedger), {
          timeout: 20_000,
          interval: 20,
        });
        await app.close();
      }),
      { numRuns: 10 },
    );
  }, 120_000);
});
