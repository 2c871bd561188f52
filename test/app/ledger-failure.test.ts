import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import { frozenPorts } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CALL_USD, givenApp, post, sampleOf } from './given.ts';

/** The ledger tries again after seconds; `vi.waitFor` lets the time of these timers pass. */
function timersByHand(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

const untilReady = (app: App) =>
  vi.waitFor(() => expect(app.notReadyBecause()).toBeUndefined(), { timeout: 20_000, interval: 50 });

const results = async (app: App) => ({
  accepted: await sampleOf(app, 'llm_cost_exporter_ingest_events_total', {
    source: 'events',
    result: 'accepted',
  }),
  failed: await sampleOf(app, 'llm_cost_exporter_ingest_events_total', {
    source: 'events',
    result: 'failed',
  }),
});

it('counts nothing that was not stored, and counts it once when it comes again', async () => {
  timersByHand();
  const dataDir = tempDir();
  const app = await givenApp(dataDir, { budgets: { monthly_usd: 1 } }, frozenPorts());
  await post(app, [{ id: 'before' }]);

  const other = new DatabaseSync(join(dataDir, 'ledger.sqlite'), { timeout: 10_000 });
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  await expect(post(app, [{ id: 'a' }, { id: 'b' }])).rejects.toMatchObject({ code: 'ledger_unavailable' });
  expect(app.notReadyBecause()).toMatch(/the ledger cannot store events: .*locked/);
  expect(await sampleOf(app, 'llm_cost_exporter_ledger_up')).toBe(0);
  expect(await sampleOf(app, 'llm_cost_exporter_ledger_errors_total', { operation: 'append' })).toBe(1);
  expect(await results(app)).toEqual({ accepted: 1, failed: 2 });
  expect(await sampleOf(app, 'llm_requests_total')).toBe(1);

  other.exec('ROLLBACK');
  await untilReady(app);
  expect(await post(app, [{ id: 'a' }, { id: 'b' }])).toMatchObject({ accepted: 2 });
  expect(await sampleOf(app, 'llm_cost_exporter_ledger_up')).toBe(1);
  expect(await sampleOf(app, 'llm_requests_total')).toBe(3);
  expect(await sampleOf(app, 'llm_budget_spent_usd')).toBe(3 * CALL_USD);
});

it('that cannot be opened is opened once it can, and the counters continue from it', async () => {
  timersByHand();
  const dataDir = tempDir();
  const settings = { budgets: { monthly_usd: 1 } };
  const first = await givenApp(dataDir, settings, frozenPorts());
  await post(first, [{ id: 'a' }]);
  await first.close();
  const version = (number: number) => {
    const file = new DatabaseSync(join(dataDir, 'ledger.sqlite'), { timeout: 10_000 });
    file.exec(`PRAGMA user_version = ${number}`);
    file.close();
  };
  version(999);

  const app = await givenApp(dataDir, settings, frozenPorts());
  expect(app.notReadyBecause()).toMatch(/schema version 999/);
  await expect(post(app, [{ id: 'b' }])).rejects.toMatchObject({ code: 'ledger_unavailable' });
  expect(await sampleOf(app, 'llm_requests_total')).toBeUndefined();
  expect(await sampleOf(app, 'llm_budget_spent_usd')).toBeUndefined();

  version(1);
  await untilReady(app);
  await post(app, [{ id: 'b' }]);
  expect(await sampleOf(app, 'llm_requests_total')).toBe(2);
  expect(await sampleOf(app, 'llm_budget_spent_usd')).toBe(2 * CALL_USD);
});

it('that is corrupt keeps the app up, unready, without a made-up number', async () => {
  const dataDir = tempDir();
  writeFileSync(join(dataDir, 'ledger.sqlite'), 'not a database'.repeat(1000));
  const app = await givenApp(dataDir, { budgets: { monthly_usd: 1 } }, frozenPorts());
  expect(app.notReadyBecause()).toMatch(/not a database/);
  expect(await sampleOf(app, 'llm_cost_exporter_ledger_up')).toBe(0);
  expect(await sampleOf(app, 'llm_budget_spent_usd')).toBeUndefined();
});

it('that another exporter has is refused for good', async () => {
  const dataDir = tempDir();
  await givenApp(dataDir, {}, frozenPorts());
  await expect(givenApp(dataDir, {}, frozenPorts())).rejects.toMatchObject({ code: 'ledger_locked' });
});
