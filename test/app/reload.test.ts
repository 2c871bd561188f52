import { expect, it, vi } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import { frozenPorts } from '../support/ports.ts';
import { configOf, type Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CALL_USD, givenApp, post, sampleOf } from './given.ts';

const spentBy = (app: App, budget: string) => sampleOf(app, 'llm_budget_spent_usd', { budget });
const limitOf = (app: App, budget: string) => sampleOf(app, 'llm_budget_limit_usd', { budget });
/** The ledger is read beside the writer, in a thread of its own. */
const LOADED = { timeout: 20_000, interval: 20 };
const reload = (app: App, settings: Settings) => app.reload(() => configOf('unused', settings));

it('brings new limits, new budgets with what was spent before, and takes budgets away', async () => {
  const app = await givenApp(
    tempDir(),
    { budgets: { monthly_usd: 1, tenants: { acme: { monthly_usd: 2 } } } },
    frozenPorts(),
  );
  await post(app, [{ id: 'a' }, { id: 'b', tenant: 'globex' }, { id: 'c', tenant: 'globex' }]);
  reload(app, { budgets: { monthly_usd: 5, tenants: { globex: { monthly_usd: 3 } } } });
  await vi.waitFor(async () => expect(await spentBy(app, 'tenant:globex')).toBe(2 * CALL_USD), LOADED);
  expect(await limitOf(app, 'organization')).toBe(5);
  expect(await spentBy(app, 'organization')).toBeCloseTo(3 * CALL_USD, 12);
  expect(await limitOf(app, 'tenant:globex')).toBe(3);
  expect(await limitOf(app, 'tenant:acme')).toBeUndefined();
  expect(await sampleOf(app, 'llm_cost_exporter_config_last_reload_successful')).toBe(1);
});

it('brings new prices for what comes from then on', async () => {
  const app = await givenApp(tempDir(), {}, frozenPorts());
  const own = { model: 'own', provider: 'in-house' };
  expect(await post(app, [{ id: 'a', ...own }])).toMatchObject({ unpriced: 1 });
  reload(app, { pricing: { models: [{ ...own, usd_per_million: { input: 1, output: 10 } }] } });
  expect(await post(app, [{ id: 'b', ...own }])).toMatchObject({ accepted: 1, unpriced: 0 });
  expect(await sampleOf(app, 'llm_cost_total', { model: 'own', token_type: 'input' })).toBe(0.001);
  expect(await sampleOf(app, 'llm_unpriced_requests_total')).toBe(1);
});

it('that cannot be read changes nothing and says so', async () => {
  const ports = frozenPorts();
  const app = await givenApp(tempDir(), { budgets: { monthly_usd: 1 } }, ports);
  const readMs = ports.nowMs;
  ports.nowMs += 60_000;
  app.reload(() => {
    throw new Error('budgets.monthly_usd: got -1, expected a positive number');
  });
  expect(await limitOf(app, 'organization')).toBe(1);
  expect(await sampleOf(app, 'llm_cost_exporter_config_last_reload_successful')).toBe(0);
  expect(await sampleOf(app, 'llm_cost_exporter_config_last_reload_success_timestamp_seconds')).toBe(
    readMs / 1000,
  );
  expect(ports.lines.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringContaining('budgets.monthly_usd: got -1'),
  ]);
});

it('while calls come in counts each of them once in every budget', async () => {
  const app = await givenApp(
    tempDir(),
    { budgets: { tenants: { acme: { monthly_usd: 1 } } } },
    frozenPorts(),
  );
  const posts: Promise<unknown>[] = [];
  for (let i = 0; i < 30; i++) {
    posts.push(post(app, [{ id: `acme-${i}` }, { id: `globex-${i}`, tenant: 'globex' }]));
    if (i % 3 === 0) reload(app, { budgets: { monthly_usd: 1 + i, tenants: { acme: { monthly_usd: 1 } } } });
    if (i % 3 === 1) {
      reload(app, { budgets: { tenants: { globex: { monthly_usd: 1 }, acme: { monthly_usd: 2 } } } });
    }
    if (i % 5 === 0) await posts.at(-1);
  }
  await Promise.all(posts);
  reload(app, {
    budgets: { monthly_usd: 1, tenants: { globex: { monthly_usd: 1 }, acme: { monthly_usd: 2 } } },
  });
  await vi.waitFor(async () => expect(await spentBy(app, 'organization')).toBe(60 * CALL_USD), LOADED);
  expect(await spentBy(app, 'tenant:acme')).toBe(30 * CALL_USD);
  expect(await spentBy(app, 'tenant:globex')).toBe(30 * CALL_USD);
});
