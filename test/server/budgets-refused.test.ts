import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { at, BUDGETS, error, given, namesOf, put } from './support/budget-client.ts';
import { request } from './support/exporter.ts';

describe('refused is', () => {
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

  const BODIES: readonly [what: string, body: string, status: number, code: string, message: RegExp][] = [
    ['no body', '', 400, 'invalid_json', /ends too early/],
    ['no JSON', '{"limit": 1', 400, 'invalid_json', /not JSON/],
    ['a list', '[]', 400, 'invalid_request', /^the budget: expected object, got a list$/],
    ['null', 'null', 400, 'invalid_request', /^the budget: expected object, got null$/],
    ['nothing said', '{}', 400, 'invalid_request', /^limit: expected number, got nothing$/],
    [
      'two mistakes',
      '{"limit": "5", "unit": "eur"}',
      400,
      'invalid_request',
      /unit: .*; limit: expected number, got "5"/,
    ],
    [
      'an unknown field',
      '{"limit": 5, "limmit": 5, "name": "b"}',
      400,
      'invalid_request',
      /unknown field "limmit", "name"/,
    ],
    [
      'one further down',
      '{"limit": 5, "override": {"limit": 1, "until": "2026-12-24", "x": 1}}',
      400,
      'invalid_request',
      /^override\.unknown field "x"$/,
    ],
    [
      'a scope that would be lost',
      '{"limit": 5, "scope": {"__proto__": "a"}}',
      400,
      'invalid_request',
      /scope\.__proto__: expected tenant/,
    ],
    ['no amount', '{"limit": 1e999}', 400, 'invalid_request', /^limit/],
    ['deep nesting', nested, 400, 'invalid_request', /^the budget: expected object, got a list$/],
    ['a large body', `{"limit": ${' '.repeat(70_000)}1}`, 413, 'body_too_large', /65536 bytes/],
  ];

  it('a body that is no budget', async () => {
    const service = await given();
    for (const [what, body, status, code, message] of BODIES) {
      const answer = await put(service, 'b', body);
      expect([what, answer.status, answer.json]).toEqual([what, status, error(code, message)]);
    }
    expect(await namesOf(service)).toEqual([]);
  });

  it('another content type', async () => {
    const service = await given();
    const { status } = await put(service, 'b', 'limit=5', {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    expect(status).toBe(415);
  });

  it('a name that cannot be printed, or is a path of the API', async () => {
    const service = await given();
    for (const name of [
      'check',
      'reservations',
      'history',
      'a%0Ab',
      'a%00',
      'x'.repeat(257),
      '%E2%80%AE',
      '%FF',
    ]) {
      const headers = { 'Content-Type': 'application/json' };
      const { status } = await request(`${service.url}${BUDGETS}/${name}`, {
        method: 'PUT',
        headers,
        body: '{"limit":1}',
      });
      expect([name, status]).toEqual([name, ['check', 'reservations', 'history'].includes(name) ? 405 : 400]);
    }
    expect(await namesOf(service)).toEqual([]);
  });

  it('a method that is not there', async () => {
    const service = await given();
    const { status, headers } = await request(service.url + at('b'), { method: 'POST' });
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE, OPTIONS']);
  });

  it('a budget beyond the thousandth', async () => {
    const directory = tempDir();
    const by = { address: '127.0.0.1' };
    const lines = Array.from({ length: 1000 }, (_, index) =>
      JSON.stringify({ at: '', by, action: 'put', name: `b${index}`, before: null, after: { limit: 1 } }),
    );
    appendFileSync(join(directory, 'budgets.jsonl'), `${lines.join('\n')}\n`);
    const service = await given({}, { directory });
    const { status, json } = await put(service, 'one more', { limit: 1 });
    expect([status, json]).toEqual([409, error('too_many_budgets', /1000/)]);
    expect((await put(service, 'b7', { limit: 2 })).status).toBe(200);
  });
});
