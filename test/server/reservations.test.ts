import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import { tempDir } from '../support/temp-dir.ts';
import {
  ALLOW,
  budget,
  check,
  idOf,
  release,
  reload,
  remaining,
  reserve,
  settle,
  usage,
  withBudgets,
} from './support/budgets.ts';
import { exporterForTest, postEvents, scrape, sumOf } from './support/exporter.ts';

const notFound = { status: 404, json: { error: { code: 'reservation_not_found' } } };

/** What was spent of a new budget is read from the ledger first. */
const LOADED = { timeout: 10_000 };

describe('a reservation', () => {
  test('is held, published, and given back with the usage of its call', async () => {
    const exporter = await withBudgets([budget()]);
    const reserved = await reserve(exporter, 0.75, { ttl_seconds: 30 });
    expect(reserved).toMatchObject({
      status: 200,
      json: {
        ...ALLOW,
        remaining: remaining(0.25),
        reservation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        expires_at: new Date(NOW_MS + 30_000).toISOString(),
      },
    });
    expect((await check(exporter, 0.5)).json).toMatchObject({
      decision: 'block',
      reason: 'reserved',
      retry_after_seconds: 30,
    });
    expect(sumOf(await scrape(exporter), 'llm_budget_reserved_usd', 'budget="acme"')).toBe(0.75);

    const event = usage(0.5);
    expect(await settle(exporter, idOf(reserved), { events: [event] })).toMatchObject({
      status: 200,
      json: { settled: true, accepted: 1, duplicate: 0, rejected: [] },
    });
    const scraped = await scrape(exporter);
    expect(sumOf(scraped, 'llm_budget_reserved_usd', 'budget="acme"')).toBe(0);
    expect(sumOf(scraped, 'llm_budget_spent_usd', 'budget="acme"')).toBe(0.5);
    expect(await settle(exporter, idOf(reserved), { events: [event] })).toMatchObject(notFound);
    expect((await check(exporter, 0.5)).json).toMatchObject({ ...ALLOW, remaining: remaining(0.5) });
  });

  test('is held on where events are rejected, and settled with mended ones, each counted once', async () => {
    const exporter = await withBudgets([budget()]);
    const id = idOf(await reserve(exporter, 0.75));
    const good = usage(0.25);
    expect(await settle(exporter, id, { events: [good, usage(-1)] })).toMatchObject({
      status: 200,
      json: { settled: false, accepted: 1, rejected: [{ index: 1, code: 'invalid_event' }] },
    });
    expect((await check(exporter, 0.25)).json).toMatchObject({ reason: 'reserved' });
    expect(await settle(exporter, id, { events: [usage(-1)] })).toMatchObject({
      status: 400,
      json: { settled: false, accepted: 0 },
    });
    expect((await settle(exporter, id, { events: [good, usage(0.125)] })).json).toMatchObject({
      settled: true,
      accepted: 1,
      duplicate: 1,
    });
    expect((await check(exporter, 0.1)).json).toMatchObject({ ...ALLOW, remaining: remaining(0.625) });
  });

  test('holds what the call took where its usage comes by another way', async () => {
    const exporter = await withBudgets([budget()]);
    const id = idOf(await reserve(exporter, 0.75, { ttl_seconds: 30, provider: 'openai', model: 'gpt-4o' }));
    // 40,000 at 2.50 USD and 15,000 at 10 USD a million.
    const taken = { input_tokens: 40_000, output_tokens: 15_000 };
    expect((await settle(exporter, id, taken)).json).toEqual({
      settled: true,
      held_until: new Date(NOW_MS + 30_000).toISOString(),
    });
    expect((await check(exporter, 0.75)).json).toMatchObject({ ...ALLOW, remaining: remaining(0.75) });
    expect(await settle(exporter, id, { cost_usd: 0 })).toMatchObject(notFound);
    exporter.ports.nowMs += 30_000;
    expect((await check(exporter, 1)).json).toMatchObject(ALLOW);
  });

  test('is released', async () => {
    const exporter = await withBudgets([budget()]);
    const id = idOf(await reserve(exporter, 1));
    expect((await check(exporter, 0.5)).json).toMatchObject({ decision: 'block' });
    expect((await release(exporter, id)).status).toBe(204);
    expect((await check(exporter, 1)).json).toMatchObject(ALLOW);
    expect(await release(exporter, id)).toMatchObject(notFound);
    expect(await release(exporter, 'no-such')).toMatchObject(notFound);
  });

  test('that nobody settles is gone after its time, also from the metrics', async () => {
    const exporter = await withBudgets([budget()], { reservation_seconds: 90 });
    const id = idOf(await reserve(exporter, 1));
    exporter.ports.nowMs += 89_999;
    expect((await check(exporter, 1)).json).toMatchObject({ reason: 'reserved', retry_after_seconds: 1 });
    exporter.ports.nowMs += 1;
    expect(sumOf(await scrape(exporter), 'llm_budget_reserved_usd', 'budget="acme"')).toBe(0);
    expect((await check(exporter, 1)).json).toMatchObject(ALLOW);
    expect(await settle(exporter, id, { events: [usage(0.5)] })).toMatchObject(notFound);
    await postEvents(exporter, usage(0.5));
    expect((await check(exporter, 0.5)).json).toMatchObject({ ...ALLOW, remaining: remaining(0.5) });
  });

  test('is the same one for the same key of the same tenant while it is held', async () => {
    const exporter = await withBudgets([budget()]);
    const first = await reserve(exporter, 0.5, { idempotency_key: 'call-1' });
    const again = await reserve(exporter, 0.5, { idempotency_key: 'call-1' });
    expect(again.json).toEqual(first.json);
    const other = await reserve(exporter, 0.5, { idempotency_key: 'call-1', tenant_id: 'globex' });
    expect(idOf(other)).not.toBe(idOf(first));
    await release(exporter, idOf(first));
    const later = await reserve(exporter, 0.5, { idempotency_key: 'call-1' });
    expect(idOf(later)).toMatch(/./);
    expect(idOf(later)).not.toBe(idOf(first));
  });

  test('is refused beyond budgets.reservations', async () => {
    const exporter = await withBudgets([budget()], { reservations: 2 });
    const id = idOf(await reserve(exporter, 0.125));
    await reserve(exporter, 0.125);
    const full = await reserve(exporter, 0.125);
    expect(full).toMatchObject({ status: 503, json: { error: { code: 'reservations_full' } } });
    expect(full.headers.get('retry-after')).toBe('1');
    await release(exporter, id);
    expect((await reserve(exporter, 0.125)).json).toMatchObject(ALLOW);
  });

  test('outlives a reload of its budget, and limits what the new one has left', async () => {
    const exporter = await withBudgets([budget()]);
    const id = idOf(await reserve(exporter, 0.75));
    reload(exporter, [budget({ limit: 1.5, time_zone: 'Europe/Berlin' })]);
    await expect
      .poll(async () => (await check(exporter, 0.75)).json, LOADED)
      .toMatchObject({ ...ALLOW, remaining: remaining(0.75) });
    expect((await check(exporter, 0.76)).json).toMatchObject({ reason: 'reserved' });
    reload(exporter, []);
    reload(exporter, [budget()]);
    await expect
      .poll(async () => (await check(exporter, 0.5)).json, LOADED)
      .toMatchObject({ reason: 'reserved', remaining: remaining(0.25) });
    await release(exporter, id);
    expect((await check(exporter, 1)).json).toMatchObject(ALLOW);
  });
});

describe('while the ledger is down', () => {
  test.each([
    ['allow', ALLOW],
    ['block', { decision: 'block', allowed: false, retry_after_seconds: 5 }],
  ])('hard limits %s, and a reservation waits for its usage', async (when_unknown, expected) => {
    const place = join(tempDir(), 'data');
    writeFileSync(place, 'in the way');
    const budgets = { definitions: [budget()], when_unknown };
    const exporter = await exporterForTest({ data_dir: place, budgets });
    const { json } = await check(exporter, 0.5);
    expect(json).toEqual({ ...expected, reason: 'unknown', budget: 'acme', remaining: [] });
    expect((await check(exporter, 1.5)).json).toMatchObject({ decision: 'block', reason: 'limit' });
    const id = idOf(await reserve(exporter, 0.5, { ttl_seconds: 3600 }));
    if (when_unknown === 'block') return void expect(id).toBeUndefined();

    const events = { events: [usage(0.25)] };
    const refused = { status: 503, json: { error: { code: 'ledger_unavailable' } } };
    expect(await settle(exporter, id, events)).toMatchObject(refused);
    expect(await settle(exporter, id, events)).toMatchObject(refused);
    expect((await check(exporter, 0.75)).json).toMatchObject({ reason: 'reserved' });
    rmSync(place);
    await expect.poll(() => exporter.app.notReadyBecause(), { timeout: 20_000 }).toBeUndefined();
    expect((await settle(exporter, id, events)).json).toMatchObject({ settled: true, accepted: 1 });
    expect((await check(exporter, 0.5)).json).toMatchObject({ ...ALLOW, remaining: remaining(0.75) });
  });
});
