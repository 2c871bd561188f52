import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simulate } from '../../exporter/cli/simulate.ts';
import { frozenPorts } from '../support/ports.ts';
import { openApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { runCommand } from './run-command.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

/** Dollars per million tokens: `big` 10 in and 30 out, `small` 1 and 3. */
const PRICES = `
pricing:
  models:
    - { provider: own, model: big, usd_per_million: { input: 10, output: 30 } }
    - { provider: own, model: small, usd_per_million: { input: 1, output: 3 } }
`;

/** 1 M tokens in and 0.1 M out: $13 of `big`, $1.30 of `small`. */
const call = (day: number, model: string, tenant_id: string, more: object = {}) => ({
  id: `${day}-${model}-${tenant_id}`,
  timestamp: new Date(Date.UTC(2026, 10, day, 12)).toISOString(),
  provider: 'own',
  model,
  tenant_id,
  usage: { input_tokens: 1_000_000, output_tokens: 100_000 },
  ...more,
});

const CALLS = [
  call(2, 'big', 'acme'),
  call(3, 'big', 'acme'),
  call(4, 'big', 'globex'),
  call(5, 'small', 'globex'),
  call(6, 'gateway-model', 'globex', { cost_usd: 4 }),
  call(7, 'nobody-knows', 'globex'),
  call(8, 'big', 'acme'),
];

async function ledgerOf(calls: readonly object[]): Promise<string> {
  const directory = tempDir();
  const settings = {
    pricing: {
      models: [
        { provider: 'own', model: 'big', usd_per_million: { input: 10, output: 30 } },
        { provider: 'own', model: 'small', usd_per_million: { input: 1, output: 3 } },
      ],
    },
  };
  const app = await openApp(directory, settings, frozenPorts(NOW_MS));
  const body = Buffer.from(JSON.stringify({ events: calls }));
  const answer = await app.ingest('events', {
    body,
    contentType: 'application/json',
    provider: '',
    attributes: {},
  });
  await app.close();
  expect(answer).toMatchObject({ accepted: calls.length, rejected: [] });
  return directory;
}

async function simulated(config: string, ...args: string[]) {
  const directory = await ledgerOf(CALLS);
  const file = join(directory, 'what-if.yaml');
  writeFileSync(file, config);
  const shared = ['--config', file, '--data-dir', directory, '--since', '2026-11-01'];
  const { code, stdout } = await runCommand(simulate, [...shared, ...args, '--json'], NOW_MS);
  expect(code).toBe(0);
  const { stdout: text } = await runCommand(simulate, [...shared, ...args], NOW_MS);
  return { json: JSON.parse(stdout), text };
}

test('nothing changed costs the same', async () => {
  const { json, text } = await simulated(PRICES);
  expect(json.total).toEqual({
    calls: 7,
    actual_usd: 4 * 13 + 1.3 + 4,
    simulated_usd: 4 * 13 + 1.3 + 4,
    saved_usd: 0,
    reported_calls: 1,
    unpriced_calls: 1,
    unpriced_actual_usd: 0,
    newly_priced_calls: 0,
    newly_priced_usd: 0,
  });
  expect(text).toContain('7 calls, $57.30 as they were and $57.30 as simulated: the same.');
  expect(text).toContain('1 call could not be priced: they are in no sum, and not free.');
  expect(text).toContain('1 call came with their cost, which is kept on both sides.');
  expect(text).toContain('Assumed: another model takes the same tokens');
  expect(text).toMatch(/^ {2}own\/nobody-knows +1 +- +- +- +1 calls$/m);
});

test('another model takes the same tokens at its own price', async () => {
  const { json } = await simulated(PRICES, '--model', 'own/big=own/small');
  expect(json.total).toMatchObject({ actual_usd: 57.3, simulated_usd: 4 * 1.3 + 1.3 + 4, saved_usd: 46.8 });
  expect(json.by_model[0]).toMatchObject({
    provider: 'own',
    model: 'big',
    simulated_as: 'own/small',
    calls: 4,
    actual_usd: 52,
    simulated_usd: 5.2,
  });
  expect(json.by_tenant).toMatchObject([
    { tenant_id: 'acme', actual_usd: 39, simulated_usd: 3.9 },
    { tenant_id: 'globex', actual_usd: 18.3, simulated_usd: 6.6 },
  ]);
});

test('what a sender reported as the cost of a call is kept, by whatever model', async () => {
  const { json } = await simulated(PRICES, '--model', 'own/gateway-model=own/small');
  expect(json.total).toMatchObject({ actual_usd: 57.3, simulated_usd: 57.3, reported_calls: 1 });
});

test('a model without a price is not free: its calls leave both sums', async () => {
  const { json, text } = await simulated(PRICES, '--model', 'own/big=own/unheard-of');
  expect(json.total).toMatchObject({
    actual_usd: 5.3,
    simulated_usd: 5.3,
    unpriced_calls: 5,
    unpriced_actual_usd: 52,
  });
  expect(text).toContain('5 calls could not be priced');
  expect(text).toContain('By the ledger they cost $52.00');
});

test.each<[what: string, config: string, args: string[], simulatedUsd: number]>([
  [
    'a discount in the configuration',
    `${PRICES}  discounts: [{ provider: own, ratio: 0.5 }]\n`,
    [],
    26.65 + 4,
  ],
  [
    'a price on the command line, over that of the file',
    PRICES,
    ['--price', 'own/big:input=2,output=5'],
    4 * 2.5 + 5.3,
  ],
])('%s', async (_what, config, args, simulatedUsd) => {
  const { json } = await simulated(config, ...args);
  expect(json.total.simulated_usd).toBe(simulatedUsd);
});

test('what only the simulation has a price for is told apart', async () => {
  const { json } = await simulated(PRICES, '--price', 'own/nobody-knows:input=1,output=1');
  expect(json.total).toMatchObject({ simulated_usd: 57.3, newly_priced_calls: 1, newly_priced_usd: 1.1 });
});

const HARD = `${PRICES}
budgets:
  definitions:
    - { name: acme, scope: { tenant: acme }, limit: 30, enforcement: hard }
    - { name: all, limit: 1000 }
    - { name: last, limit: 5, period: rolling, rolling_days: 7 }
`;

test('a budget tells when it would have been used up, and a hard one what it would have refused', async () => {
  const { json, text } = await simulated(HARD);
  expect(json.budgets).toMatchObject([
    {
      budget: 'acme',
      limit: 30,
      spent: 26,
      exhausted_at: null,
      blocked: { first_at: '2026-11-08T12:00:00.000Z', calls: 1, usd: 13 },
      over: false,
    },
    // The refused call of 8 November counts for no budget.
    { budget: 'all', limit: 1000, spent: 57.3 - 13, blocked: null, unpriced_calls: 1 },
  ]);
  expect(json.budgets_not_simulated).toEqual(['last']);
  expect(text).toContain('Budgets of rolling days are not simulated: last.');
  expect(text).toMatch(/acme .* 1 calls, \$13\.00, from 2026-11-08 12:00 +not over yet/);
});

test('a soft budget refuses nothing; the flag gives it another limit', async () => {
  const { json } = await simulated(
    HARD,
    '--budget',
    'all=20',
    '--budget',
    'acme=1000',
    '--budget',
    'organization=39',
  );
  const budgets = Object.fromEntries(json.budgets.map((one: { budget: string }) => [one.budget, one]));
  expect(budgets.all).toMatchObject({ spent: 57.3, exhausted_at: '2026-11-03T12:00:00.000Z', blocked: null });
  // Exactly used up is used up.
  expect(budgets.organization).toMatchObject({ exhausted_at: '2026-11-04T12:00:00.000Z' });
});

test('budgets that were set through the API are in force too, as they are now, unless the file has them', async () => {
  const directory = await ledgerOf(CALLS);
  const change = (action: string, name: string, limit?: number) =>
    `${JSON.stringify({ at: '', by: { address: '' }, action, name, before: null, after: limit ? { limit } : null })}\n`;
  const journal = join(directory, 'budgets.jsonl');
  writeFileSync(
    journal,
    change('put', 'kept', 10) +
      change('put', 'gone', 10) +
      change('put', 'kept', 20) +
      change('delete', 'gone'),
  );
  const args = ['--data-dir', directory, '--since', '2026-11-01', '--budget', 'organization=39', '--json'];
  const { stdout } = await runCommand(simulate, args, NOW_MS);
  const limits = JSON.parse(stdout).budgets.map(({ budget, limit }: { budget: string; limit: number }) => [
    budget,
    limit,
  ]);
  expect(limits).toEqual([
    ['organization', 39],
    ['kept', 20],
  ]);
  writeFileSync(journal, change('put', 'kept', -1));
  await expect(runCommand(simulate, args, NOW_MS)).rejects.toThrow(/budgets\.jsonl:1: after: limit: /);
});

test('what was spent of a period before --since counts', async () => {
  const { json } = await simulated(HARD, '--since', '2026-11-08', '--budget', 'acme=30');
  expect(json.total).toMatchObject({ calls: 1, actual_usd: 13 });
  expect(json.budgets[0]).toMatchObject({ budget: 'acme', spent: 26, blocked: { calls: 1 } });
});

test.each<[args: string[], message: string]>([
  [[], 'simulate: --since is missing, expected a day such as 2026-10-01'],
  [['--since', 'monday'], 'simulate: --since is "monday", expected a day (2026-10-01) or a time'],
  [['--since', '2026-12-01'], 'expected a time before 2026-11-21T00:00:00.000Z'],
  [
    ['--since', '2026-11-01', '--model', 'a=b'],
    'simulate: --model is "a=b", expected provider/model=provider/model',
  ],
  [['--since', '2026-11-01', '--model', 'a/b=c/d*'], 'simulate: --model is "a/b=c/d*"'],
  [
    ['--since', '2026-11-01', '--price', 'a/b:input=x'],
    'simulate: --price is "a/b:input=x", expected provider/model:meter=usd',
  ],
  [['--since', '2026-11-01', '--price', 'a/b:words=1'], 'simulate: --price is "a/b:words=1"'],
  [['--since', '2026-11-01', '--budget', 'all'], 'simulate: --budget is "all", expected name=limit'],
  [
    ['--since', '2026-11-01', '--budget', 'x=5'],
    'simulate: --budget is "x=5", expected one of organization, tenant:<id>',
  ],
  [['--since', '2026-11-01', '--budget', 'organization=0'], 'expected name=limit'],
  [['--fast'], "simulate: Unknown option '--fast'; try simulate --help"],
])('%j is refused', async (args, message) => {
  await expect(runCommand(simulate, args, NOW_MS)).rejects.toThrow(message);
});

test('without a ledger it says so', async () => {
  const args = ['--since', '2026-11-01', '--data-dir', join(tempDir(), 'nowhere')];
  await expect(runCommand(simulate, args, NOW_MS)).rejects.toThrow(/no ledger at .*nowhere/);
});
