import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Settings } from '../support/running-app.ts';
import { get, given, namesOf } from './support/budget-client.ts';
import { request } from './support/exporter.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/budgets.md'), 'utf8');

test('the configuration in docs/budgets.md is in force as it says', async () => {
  const settings = parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? 'none') as Settings;
  const service = await given(settings);
  expect(await namesOf(service)).toEqual([
    'organization',
    'tenant:acme',
    'search-team',
    'everyone',
    'cost-center-7',
    'launch',
    'night-jobs',
  ]);
  // A quarter from 6 October in London, and the override at the frozen time.
  const { json: budgets } = await get(service);
  expect(budgets).toMatchObject({
    budgets: [
      {},
      {},
      { status: { period: { start: '2026-10-05T23:00:00.000Z', end: '2027-01-06T00:00:00.000Z' } } },
      { subjects: { with_usage: 0 } },
      { status: { limit: 50_000_000, forecast: null } },
      { status: { limit: 900, period: { start: '2026-11-15T23:00:00.000Z' } } },
      { status: { limit: 40 } },
    ],
  });
});

test('its requests are answered', async () => {
  const service = await given({ budgets: { definitions: [{ name: 'everyone', each: 'user', limit: 20 }] } });
  const [, commands] = /```sh\n(curl -X PUT[\s\S]*?)```/.exec(text) ?? [];
  const found = [
    ...(commands ?? '').matchAll(/^curl (?:-X (\w+) )?'?http:\/\/127\.0\.0\.1:10464([^\s']*)/gm),
  ];
  const [, body] = / -d '([\s\S]*?)'/.exec(commands ?? '') ?? [];
  const statuses: string[] = [];
  for (const [, method = 'GET', path] of found) {
    const init = method === 'PUT' ? { body: body!, headers: { 'Content-Type': 'application/json' } } : {};
    const { status } = await request(service.url + path, { method, ...init });
    statuses.push(`${method} ${status}`);
  }
  expect(statuses).toEqual(['PUT 201', 'GET 200', 'GET 200', 'GET 200', 'DELETE 204']);
});
