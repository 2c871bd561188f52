import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { budgetAnswer } from '../../exporter/server/budget-answer.ts';
import { NOW_MS } from '../support/charges.ts';
import { configOf, openApp, type Service, type Settings } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { at, BUDGETS, error, get, given, metrics, namesOf, put, remove } from './support/budget-client.ts';
import { request } from './support/exporter.ts';

/** A call costs 0.0035 USD. */
async function call({ url }: Service, ...users: string[]): Promise<void> {
  const events = users.map((user_id, index) => ({
    id: `call-${index}`,
    provider: 'openai',
    model: 'gpt-4o',
    tenant_id: 'acme',
    user_id,
    usage: { input_tokens: 1000, output_tokens: 100 },
  }));
  const { status } = await request(`${url}/v1/usage`, {
    method: 'POST',
    body: JSON.stringify(events),
    headers: { 'Content-Type': 'application/json' },
  });
  expect(status).toBe(200);
}

const EVERYONE = { name: 'everyone', each: 'user', unit: 'calls', limit: 2 } as const;
const DEFAULTS = {
  scope: {},
  unit: 'usd',
  period: 'month',
  thresholds: [0.5, 0.8, 0.9, 1],
  enforcement: 'soft',
};
describe('a budget', () => {
  it('is set, counts what was spent before, is shown, replaced and deleted', async () => {
    const service = await given();
    await call(service, 'ada');
    const created = await put(service, 'acme', { scope: { tenant: 'acme' }, limit: 7 });
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      name: 'acme',
      managed_by: 'api',
      definition: { ...DEFAULTS, scope: { tenant: 'acme' }, limit: 7 },
      status: {
        limit: 7,
        spent: 0.0035,
        reserved: 0,
        remaining: 6.9965,
        used_ratio: 0.0005,
        period: { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' },
        forecast: {
          method: 'run_rate',
          end: { lower: null, mid: expect.closeTo(0.0051, 4) as number, upper: null },
        },
        exhaustion: { earliest: null, mid: null, latest: null },
      },
    });
    expect((await get(service, at('acme'))).json).toEqual(created.json);
    expect((await get(service)).json).toEqual({ budgets: [created.json] });
    expect(await metrics(service)).toContain('llm_budget_limit_usd{budget="acme"');

    const replaced = await put(service, 'acme', { unit: 'calls', limit: 1, enforcement: 'hard' });
    expect([replaced.status, replaced.json]).toMatchObject([
      200,
      {
        definition: { ...DEFAULTS, unit: 'calls', limit: 1, enforcement: 'hard' },
        status: { limit: 1, spent: 1 },
      },
    ]);

    expect((await remove(service, 'acme')).status).toBe(204);
    expect((await get(service, at('acme'))).json).toEqual(error('budget_not_found', /"acme"/));
    expect((await remove(service, 'acme')).status).toBe(404);
    expect(await metrics(service)).not.toContain('budget="acme"');
  });

  it('has no status while what was spent is not known, and no forecast where there is none', async () => {
    const service = await given();
    const rolling = await put(service, 'week', { period: 'rolling', rolling_days: 7, limit: 1 });
    expect(rolling.json).toMatchObject({
      status: { forecast: null, forecast_reason: 'a rolling window is always at its end' },
    });
    service.app.reload(() => configOf('unused', { budgets: { monthly_usd: 1, definitions: [EVERYONE] } }));
    const unknown = { reason: 'what was spent is not known yet' };
    // In the same turn: the ledger has not answered.
    expect(budgetAnswer(service.app.budgets.get('organization'))).toMatchObject({ status: null, ...unknown });
    expect(budgetAnswer(service.app.budgets.get('everyone'))).toMatchObject({ subjects: null, ...unknown });
  });

  it('that is shown can be sent back as it is', async () => {
    const service = await given();
    const settings = {
      scope: { tenant: 'acme', 'tag:cost_center': '7' },
      each: 'model',
      unit: 'tokens',
      limit: 1e6,
      period: 'quarter',
      fiscal_start: '04-06',
      time_zone: 'Europe/London',
      thresholds: [1],
      enforcement: 'hard',
      throttle_ratio: 0.9,
      rollover: { since: '2026-01-01', maximum_ratio: 0.5 },
      override: { limit: 2e6, until: '2026-12-24T00:00:00Z' },
    };
    expect((await put(service, 'b', settings)).json).toMatchObject({ definition: settings });
    const { definition } = (await get(service, at('b'))).json as { definition: unknown };
    expect(definition).toEqual(settings);
    expect((await put(service, 'b', definition)).status).toBe(200);
  });

  it('survives a restart, with its history', async () => {
    const before = await given();
    await put(before, 'kept', { limit: 5 });
    await put(before, 'kept', { limit: 6 });
    await put(before, 'gone', { limit: 7 });
    await remove(before, 'gone');
    const shown = (await get(before)).json;
    const history = (await get(before, `${BUDGETS}/history`)).json;
    await before.close();

    const after = await given({}, { directory: before.directory });
    expect((await get(after)).json).toEqual(shown);
    expect((await get(after, `${BUDGETS}/history`)).json).toEqual(history);
    expect(await metrics(after)).toMatch(/llm_budget_limit_usd\{budget="kept",[^}]*\} 6/);
  });

  it('can have any name that can be printed', async () => {
    const service = await given();
    for (const name of ['Großes Budget', 'a/b', '50 % + ?&#', 'tenant:acme', '..%2f', '__proto__']) {
      expect([name, (await put(service, name, { limit: 5 })).status]).toEqual([name, 201]);
      expect((await get(service, at(name))).json).toMatchObject({ name });
      expect((await get(service, at(name, '/history'))).json).toMatchObject({ changes: [{ name }] });
      expect(await namesOf(service)).toEqual([name]);
      expect((await remove(service, name)).status).toBe(204);
    }
  });
});

describe('the audit', () => {
  const by = (user?: string) => ({ ...(user !== undefined && { user }), address: '127.0.0.1' });

  it('has who, when, before and after, newest first', async () => {
    const service = await given();
    const iso = (ms: number) => new Date(NOW_MS + ms).toISOString();
    await put(service, 'a', { limit: 1 }, { 'X-Forwarded-User': 'ada', 'Remote-User': 'not she' });
    service.ports.nowMs += 1000;
    await put(service, 'a', { limit: 2 }, { 'Remote-User': 'b'.repeat(300) });
    await put(service, 'other', { limit: 3 });
    service.ports.nowMs += 1000;
    await remove(service, 'a');
    const [one, two] = [1, 2].map((limit) => ({ ...DEFAULTS, limit }));
    const ofA = [
      { at: iso(2000), by: by(), action: 'delete', name: 'a', before: two, after: null },
      { at: iso(1000), by: by('b'.repeat(256)), action: 'put', name: 'a', before: one, after: two },
      { at: iso(0), by: by('ada'), action: 'put', name: 'a', before: null, after: one },
    ];
    expect((await get(service, at('a', '/history'))).json).toEqual({ changes: ofA });
    expect((await get(service, at('a', '/history?limit=1'))).json).toEqual({ changes: ofA.slice(0, 1) });
    const all = (await get(service, `${BUDGETS}/history`)).json as { changes: { name: string }[] };
    expect(all.changes.map(({ name }) => name)).toEqual(['a', 'other', 'a', 'a']);
    expect((await get(service, at('never', '/history'))).status).toBe(404);
  });

  it('agrees with what is in force when many set the same budget at once', async () => {
    const service = await given();
    const limits = Array.from({ length: 16 }, (_, index) => index + 1);
    const answers = await Promise.all(limits.map((limit) => put(service, 'race', { limit })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(15).fill(200), 201]);
    const { changes } = (await get(service, at('race', '/history'))).json as {
      changes: { before: { limit: number } | null; after: { limit: number } }[];
    };
    expect(changes.map(({ after }) => after.limit).sort((a, b) => a - b)).toEqual(limits);
    changes.slice(0, -1).forEach(({ before }, index) => {
      expect(before).toEqual(changes[index + 1]!.after);
    });
    expect((await get(service, at('race'))).json).toMatchObject({ definition: changes[0]!.after });
    expect(await metrics(service)).toMatch(
      new RegExp(`llm_budget_limit_usd\\{budget="race",[^}]*\\} ${changes[0]!.after.limit}\\n`),
    );
  });

  it('has what was refused not', async () => {
    const service = await given();
    await put(service, 'a', { limit: -1 });
    expect((await get(service, `${BUDGETS}/history`)).json).toEqual({ changes: [] });
  });
});

describe('beside the configuration file', () => {
  const inFile: Settings = {
    budgets: { monthly_usd: 10, definitions: [{ name: 'filed', limit: 3, unit: 'calls', period: 'day' }] },
  };

  it('its budgets are shown, and cannot be set or deleted', async () => {
    const service = await given(inFile);
    await put(service, 'mine', { limit: 1 });
    expect((await get(service)).json).toMatchObject({
      budgets: [
        { name: 'organization', managed_by: 'file', definition: { ...DEFAULTS, limit: 10 } },
        { name: 'filed', managed_by: 'file', status: { limit: 3, spent: 0 } },
        { name: 'mine', managed_by: 'api' },
      ],
    });
    for (const { status, json } of [
      await put(service, 'filed', { limit: 5 }),
      await put(service, 'organization', { limit: 5 }),
      await remove(service, 'filed'),
    ]) {
      expect([status, json]).toEqual([409, error('budget_in_file', /configuration file/)]);
    }
    expect((await get(service, at('filed', '/history'))).json).toEqual({ changes: [] });
  });

  it('those that were set stay when it is read again', async () => {
    const service = await given(inFile);
    await put(service, 'mine', { limit: 1 });
    service.app.reload(() => configOf('unused', { budgets: { monthly_usd: 20 } }));
    expect(await namesOf(service)).toEqual(['organization', 'mine']);
    expect(await metrics(service)).toMatch(/llm_budget_limit_usd\{budget="organization",[^}]*\} 20\n/);
    expect((await put(service, 'filed', { limit: 5 })).status).toBe(201);
  });

  it('it wins where both have a name, until it has it no more', async () => {
    const service = await given();
    await put(service, 'filed', { limit: 99 });
    service.app.reload(() => configOf('unused', inFile));
    expect((await get(service, at('filed'))).json).toMatchObject({
      managed_by: 'file',
      definition: { limit: 3 },
    });
    expect(service.ports.lines).toContainEqual(expect.stringMatching(/^warn .*the file counts.*"filed"/));
    expect(await namesOf(service)).toEqual(['organization', 'filed']);
    service.app.reload(() => configOf('unused', {}));
    expect((await get(service, at('filed'))).json).toMatchObject({
      managed_by: 'api',
      definition: { limit: 99 },
    });
  });

  it('one with a name twice changes nothing', async () => {
    const service = await given(inFile);
    const wrong = configOf('unused', {
      budgets: { monthly_usd: 20, definitions: [{ name: 'organization', limit: 1 }] },
    });
    service.app.reload(() => wrong);
    expect(await namesOf(service)).toEqual(['organization', 'filed']);
    expect(service.ports.lines).toContainEqual(expect.stringMatching(/^error .*no other budget has/));
  });
});

describe('subjects of a budget for each user', () => {
  const { name: _name, ...everyone } = EVERYONE;

  it('are all there, the largest share first, in pages', async () => {
    const service = await given({ budgets: { top_subjects: 1 } });
    expect((await put(service, 'everyone', everyone)).json).toMatchObject({
      subjects: { with_usage: 0, over_limit: 0 },
    });
    await call(service, 'cleo', 'ada', 'ada', 'bob', 'ada', 'bob');
    expect((await get(service, at('everyone'))).json).toMatchObject({
      subjects: { with_usage: 3, over_limit: 1 },
    });
    const page = async (query: string) => {
      const { json } = await get(service, at('everyone', `/subjects${query}`));
      const { total, subjects } = json as { total: number; subjects: { subject: string; spent: number }[] };
      return [total, ...subjects.map(({ subject, spent }) => `${subject} ${spent}`)];
    };
    expect(await page('')).toEqual([3, 'ada 3', 'bob 2', 'cleo 1']);
    expect(await page('?limit=1&offset=1')).toEqual([3, 'bob 2']);
    expect(await page('?order=name')).toEqual([3, 'ada 3', 'bob 2', 'cleo 1']);
    expect(await page('?order=name&offset=2')).toEqual([3, 'cleo 1']);
    expect(await page('?offset=3')).toEqual([3]);
    expect(await metrics(service)).toMatch(/llm_budget_used_ratio\{budget="everyone",[^}]*"ada"/);
    expect(await metrics(service)).not.toMatch(/llm_budget_used_ratio\{budget="everyone",[^}]*"bob"/);
  });

  it('are not found by what is no page', async () => {
    const service = await given();
    await put(service, 'everyone', everyone);
    for (const [query, message] of [
      ['?limit=0', /^limit: got "0", expected a whole number from 1 to 1000$/],
      ['?limit=1001', /^limit/],
      ['?limit=1e2', /^limit/],
      ['?offset=-1', /^offset/],
      ['?order=size', /^order: got "size", expected used or name$/],
      ['?order=__proto__', /^order/],
      ['?page=2', /^query: got "page", expected limit, offset, order$/],
      ['?limit=1&limit=2', /^limit: got "more than one"/],
    ] as const) {
      const { status, json } = await get(service, at('everyone', `/subjects${query}`));
      expect([status, json]).toEqual([400, error('invalid_request', message)]);
    }
  });

  it('are none of a budget for all, or of one that is not there', async () => {
    const service = await given();
    await put(service, 'all', { limit: 1 });
    expect((await get(service, at('all', '/subjects'))).json).toEqual(
      error('invalid_request', /no subjects/),
    );
    expect((await get(service, at('none', '/subjects'))).status).toBe(404);
  });
});

describe('a file of budgets', () => {
  it('that is damaged stops the start', async () => {
    const directory = tempDir();
    appendFileSync(join(directory, 'budgets.jsonl'), '{}\n');
    await expect(openApp(directory)).rejects.toMatchObject({
      code: 'budgets_unreadable',
      message: expect.stringMatching(/budgets\.jsonl:1: name: expected text/) as string,
    });
  });

  it('that lost the end of its last line does not', async () => {
    const directory = tempDir();
    const first = await given({}, { directory });
    await put(first, 'a', { limit: 1 });
    await first.close();
    appendFileSync(
      join(directory, 'budgets.jsonl'),
      readFileSync(join(directory, 'budgets.jsonl')).subarray(0, 50),
    );
    const service = await given({}, { directory });
    expect(await namesOf(service)).toEqual(['a']);
    expect(service.ports.lines).toContainEqual(expect.stringMatching(/^warn the last line/));
  });

  it('is not read while the ledger cannot be opened, and no budget is shown', async () => {
    const directory = join(tempDir(), 'later');
    appendFileSync(directory, 'in the way');
    const service = await given({ budgets: { monthly_usd: 1 } }, { directory });
    const { status, json, headers } = await get(service);
    expect([status, json]).toEqual([503, error('budgets_unavailable', /not read yet/)]);
    expect(headers.get('Retry-After')).toBe('5');
    expect((await put(service, 'a', { limit: 1 })).status).toBe(503);
  });
});
