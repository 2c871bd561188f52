import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import {
  ALLOW,
  ask,
  budget,
  CHECK,
  check,
  type Fields,
  RESERVATIONS,
  reload,
  remaining,
  reserve,
  usage,
  withBudgets,
} from './support/budgets.ts';
import {
  post,
  postEvents,
  type RunningExporter,
  request,
  scrape,
  startExporter,
} from './support/exporter.ts';

const UNTIL_DECEMBER_SECONDS = (Date.UTC(2026, 11, 1) - NOW_MS) / 1000;

describe('a check', () => {
  test('is allowed while there is room, and blocked to the end of the period without', async () => {
    const exporter = await withBudgets([budget()]);
    await postEvents(exporter, usage(0.75));
    const allowed = await check(exporter, 0.25);
    expect(allowed).toMatchObject({ status: 200, json: { ...ALLOW, remaining: remaining(0.25) } });
    expect(allowed.headers.get('retry-after')).toBeNull();
    const blocked = await check(exporter, 0.250000001);
    expect(blocked).toMatchObject({
      status: 200,
      json: {
        decision: 'block',
        allowed: false,
        reason: 'limit',
        budget: 'acme',
        retry_after_seconds: UNTIL_DECEMBER_SECONDS,
        remaining: remaining(0.25),
      },
    });
    expect(blocked.headers.get('retry-after')).toBe(String(UNTIL_DECEMBER_SECONDS));
    expect((await check(exporter, 5, { tenant_id: 'globex' })).json).toEqual({ ...ALLOW, remaining: [] });
  });

  test('prices tokens by the catalogue: all input uncached, all output made, long contexts at their price', async () => {
    const exporter = await withBudgets([
      budget({ limit: 0.05 }),
      budget({ name: 'tokens', unit: 'tokens', limit: 10_000 }),
    ]);
    const question = (provider: string, model: string, input_tokens: number, output_tokens: number) =>
      ask(exporter, CHECK, { tenant_id: 'acme', provider, model, estimate: { input_tokens, output_tokens } });
    // 4000 at 2.50 USD and 4000 at 10 USD a million.
    expect((await question('openai', 'gpt-4o', 4000, 4000)).json).toMatchObject(ALLOW);
    expect((await question('openai', 'gpt-4o', 4000, 4001)).json).toMatchObject({
      decision: 'block',
      budget: 'acme',
    });
    expect((await question('openai', 'gpt-4o-mini', 9000, 1001)).json).toMatchObject({
      decision: 'block',
      budget: 'tokens',
    });
  });

  test.each([
    ['allow', ALLOW],
    ['block', { decision: 'block', allowed: false }],
  ])(
    'of a call without a price is answered as budgets.when_unknown says: %s',
    async (when_unknown, expected) => {
      const exporter = await withBudgets([budget()], { when_unknown });
      const estimate = { input_tokens: 1, output_tokens: 1 };
      const answer = await ask(exporter, CHECK, {
        tenant_id: 'acme',
        provider: 'own',
        model: 'own',
        estimate,
      });
      expect(answer.json).toEqual({
        ...expected,
        reason: 'unknown',
        budget: 'acme',
        remaining: remaining(1),
      });
      expect(answer.headers.get('retry-after')).toBeNull();
    },
  );

  test('concerns the budgets that the usage will count for, whatever the provider is called', async () => {
    const exporter = await withBudgets([
      budget({ name: 'listed', scope: { provider: 'google' } }),
      budget({ name: 'as-given', scope: { provider: 'Vertex_AI' } }),
      budget({ name: 'each', scope: {}, each: 'provider' }),
      budget({ name: 'other', scope: { provider: 'openai' } }),
    ]);
    const { json } = await check(exporter, 0.5, { provider: 'Vertex_AI' });
    const { remaining } = json as { remaining: { budget: string }[] };
    expect(remaining.map(({ budget }) => budget).sort()).toEqual(['as-given', 'each', 'each', 'listed']);
    const { json: once } = await check(exporter, 0.5, { provider: 'google' });
    expect((once as typeof json & { remaining: unknown[] }).remaining).toHaveLength(2);
  });

  test('knows every dimension of a usage event', async () => {
    const scopes: Fields = {
      tenant: 'acme',
      team: 'search',
      project: 'p',
      provider: 'openai',
      model: 'gpt-4o',
      feature: 'chat',
      environment: 'prod',
      operation: 'answer',
      user: 'ann',
      'tag:cost_center': '7',
    };
    const fields: Fields = {
      tenant_id: 'acme',
      team: 'search',
      project_id: 'p',
      provider: 'openai',
      model: 'gpt-4o',
      feature: 'chat',
      environment: 'prod',
      operation: 'answer',
      user_id: 'ann',
      tags: { cost_center: '7' },
    };
    const exporter = await withBudgets([
      budget({ name: 'all', scope: scopes }),
      ...Object.entries(scopes).map(([field, value]) => budget({ name: field, scope: { [field]: value } })),
    ]);
    const namesFor = async (asked: Fields) => {
      const { json } = await ask(exporter, CHECK, { ...asked, estimate: { cost_usd: 0.1 } });
      return (json as { remaining: { budget: string }[] }).remaining.map(({ budget }) => budget).sort();
    };
    expect(await namesFor(fields)).toEqual(['all', ...Object.keys(scopes)].sort());
    for (const [at, field] of Object.keys(fields).entries()) {
      const { [field]: _left, ...rest } = fields;
      const lost = ['all', Object.keys(scopes)[at]!];
      expect(await namesFor(rest)).toEqual(
        Object.keys(scopes)
          .filter((name) => !lost.includes(name))
          .sort(),
      );
    }
    await postEvents(exporter, { id: 'one', ...fields, cost_usd: 9, usage: { input_tokens: 400_000 } });
    const { json } = await ask(exporter, CHECK, { ...fields, estimate: { cost_usd: 0.1 } });
    for (const { amount } of (json as { remaining: { amount: number }[] }).remaining) expect(amount).toBe(0);
  });

  test('is held against each user for itself', async () => {
    const exporter = await withBudgets([budget({ name: 'each-user', scope: {}, each: 'user' })]);
    await postEvents(exporter, usage(0.9, { user_id: 'ann' }));
    expect((await check(exporter, 0.2, { user_id: 'ann' })).json).toMatchObject({ decision: 'block' });
    expect((await check(exporter, 0.2, { user_id: 'bob' })).json).toMatchObject(ALLOW);
    expect((await check(exporter, 9)).json).toEqual({ ...ALLOW, remaining: [] });
  });

  test('warns of soft budgets and is not in the way of GPU hours', async () => {
    const exporter = await withBudgets([
      budget({ name: 'soft', enforcement: 'soft' }),
      budget({ name: 'gpu', unit: 'gpu_hours', limit: 1e-6 }),
    ]);
    expect((await check(exporter, 1.5)).json).toEqual({
      ...ALLOW,
      remaining: [],
      warnings: [{ budget: 'soft', reason: 'limit' }],
    });
  });

  test('is throttled to the pace that lasts', async () => {
    const exporter = await withBudgets([budget({ throttle_ratio: 0.5, period: 'hour' })]);
    await postEvents(exporter, usage(0.5));
    expect((await check(exporter, 0.125)).json).toMatchObject(ALLOW);
    const throttled = await check(exporter, 0.125);
    expect(throttled.json).toMatchObject({
      decision: 'throttle',
      allowed: false,
      reason: 'pace',
      budget: 'acme',
      retry_after_seconds: 900,
    });
    expect(throttled.headers.get('retry-after')).toBe('900');
    exporter.ports.nowMs += 900_000;
    expect((await check(exporter, 0.125)).json).toMatchObject(ALLOW);
  });
});

describe('a question that is not understood', () => {
  let exporter: RunningExporter;
  beforeAll(async () => {
    exporter = await startExporter({ budgets: { definitions: [budget()] } });
  });
  afterAll(() => exporter.close());

  const question = (fields: Fields) => ({ estimate: { cost_usd: 1 }, ...fields });
  test.each<[what: string, path: string, body: unknown, message: RegExp]>([
    ['no estimate', CHECK, { tenant_id: 'acme' }, /^estimate: .*received undefined/],
    ['an empty estimate', CHECK, question({ estimate: {} }), /^estimate: expected cost_usd, or input_tokens/],
    ['half an estimate', CHECK, question({ estimate: { input_tokens: 5 } }), /^estimate: expected cost_usd/],
    [
      'cost and half of the tokens',
      CHECK,
      question({ estimate: { cost_usd: 1, output_tokens: 5 } }),
      /^estimate: expected/,
    ],
    ['a negative cost', CHECK, question({ estimate: { cost_usd: -1 } }), /^estimate\.cost_usd: .*, got -1$/],
    ['a cost beyond measure', CHECK, question({ estimate: { cost_usd: 1e7 } }), /^estimate\.cost_usd: /],
    [
      'half a token',
      CHECK,
      question({ estimate: { input_tokens: 0.5, output_tokens: 0 } }),
      /^estimate\.input_tokens: /,
    ],
    ['an unknown field', CHECK, question({ tenant: 'acme' }), /^unknown field "tenant"/],
    [
      'an unknown field of the estimate',
      CHECK,
      question({ estimate: { cost_usd: 1, usd: 1 } }),
      /^estimate: unknown field "usd"/,
    ],
    ['a tenant of 257 characters', CHECK, question({ tenant_id: 'a'.repeat(257) }), /^tenant_id: /],
    ['a NUL', CHECK, question({ tenant_id: 'a\0' }), /NUL/],
    ['a number as tag', CHECK, question({ tags: { a: 1 } }), /^tags: expected an object of at most 32 texts/],
    ['a list', CHECK, [question({})], /expected object, received array/],
    ['a time to live of a check', CHECK, question({ ttl_seconds: 5 }), /unknown field "ttl_seconds"/],
    ['no time to live', RESERVATIONS, question({ ttl_seconds: 0 }), /^ttl_seconds: .*, got 0$/],
    ['two hours to live', RESERVATIONS, question({ ttl_seconds: 7200 }), /^ttl_seconds: .*, got 7200$/],
    ['an empty key', RESERVATIONS, question({ idempotency_key: '' }), /^idempotency_key: /],
    ['a settlement of nothing', `${RESERVATIONS}/x/settle`, {}, /^expected \{"events"/],
    ['a settlement with no events', `${RESERVATIONS}/x/settle`, { events: [] }, /^expected \{"events"/],
    [
      'a settlement twice over',
      `${RESERVATIONS}/x/settle`,
      { events: [{}], cost_usd: 1 },
      /^expected \{"events"/,
    ],
  ])('%s is refused', async (_what, path, body, message) => {
    expect(await ask(exporter, path, body)).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request', message: expect.stringMatching(message) } },
    });
  });

  test('is refused by its form', async () => {
    const large = await post(exporter, CHECK, JSON.stringify({ tags: { a: 'x'.repeat(65_536) } }));
    expect(large).toMatchObject({ status: 413, json: { error: { code: 'body_too_large' } } });
    expect(await post(exporter, CHECK, '{')).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_json' } },
    });
    expect(await post(exporter, CHECK, '{}', { 'Content-Type': 'text/plain' })).toMatchObject({
      status: 415,
      json: { error: { code: 'unsupported_media_type' } },
    });
    const { status, headers } = await request(`${exporter.url}${RESERVATIONS}/x`, { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'DELETE, OPTIONS']);
  });

  test('takes null for absent', async () => {
    const nulls = { provider: null, model: null, tags: null, ttl_seconds: null, idempotency_key: null };
    const estimate = { cost_usd: 0.5, input_tokens: null, output_tokens: null };
    expect((await reserve(exporter, 0, { ...nulls, estimate })).json).toMatchObject({
      ...ALLOW,
      remaining: remaining(0.5),
    });
  });
});

test('decisions are counted by hard budget, from zero, as long as there is the budget', async () => {
  const exporter = await withBudgets([
    budget(),
    budget({ name: 'tight', limit: 0.5 }),
    budget({ name: 'soft', enforcement: 'soft' }),
  ]);
  const counted = async () => {
    const scraped = await scrape(exporter);
    return Object.fromEntries(
      [...scraped]
        .filter(([series]) => series.startsWith('llm_budget_decisions_total'))
        .map(([series, value]) => [
          /budget="([^"]*)",decision="([^"]*)"/.exec(series)?.slice(1).join(' '),
          value,
        ]),
    );
  };
  const zeros = { allow: 0, throttle: 0, block: 0 };
  const named = (name: string, counts: Fields) =>
    Object.fromEntries(Object.entries(counts).map(([decision, count]) => [`${name} ${decision}`, count]));
  expect(await counted()).toEqual({ ...named('acme', zeros), ...named('tight', zeros) });
  await check(exporter, 0.25);
  await check(exporter, 0.75);
  await reserve(exporter, 0.25, { idempotency_key: 'k' });
  await reserve(exporter, 0.25, { idempotency_key: 'k' });
  expect(await counted()).toEqual({
    ...named('acme', { ...zeros, allow: 3 }),
    ...named('tight', { ...zeros, allow: 2, block: 1 }),
  });
  reload(exporter, [budget()]);
  expect(await counted()).toEqual(named('acme', { ...zeros, allow: 3 }));
});
