import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import { exposition, openApp, type Service, serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';

const SETTINGS = {
  resources: {
    rates: [
      { resource: 'cpu' as const, usd: 0.036 },
      { resource: 'memory' as const, usd: 0.0036864 },
      { resource: 'storage' as const, sku: 'standard', usd: 0.023 },
      { resource: 'bandwidth' as const, provider: 'aws', usd: 0.09 },
      { resource: 'sandbox' as const, usd: 0.1 },
    ],
  },
  gpu: { rates: [{ model: 'H100', usd_per_hour: 3.6 }] },
  budgets: { monthly_usd: 100, tenants: { acme: { monthly_usd: 50 } } },
};
const AT = { timestamp: NOW_MS, tenant_id: 'acme' };
const EVENTS = [
  { ...AT, id: 'r1', resource: 'cpu', quantity: 4, unit: 'cores', duration_seconds: 3600, sku: 'c7g' },
  { ...AT, id: 'r1', resource: 'memory', quantity: 8, unit: 'GiB', duration_seconds: 3600 },
  { ...AT, id: 'r2', resource: 'gpu', quantity: 2, unit: 'gpus', duration_seconds: 1800, sku: 'H100 80GB' },
  { ...AT, id: 'r3', resource: 'storage', quantity: 100, unit: 'gib_months', sku: 'S3 Standard' },
  { ...AT, id: 'r4', resource: 'bandwidth', quantity: 50, unit: 'GB', provider: 'aws', team: 'search' },
  {
    ...AT,
    id: 'r5',
    resource: 'sandbox',
    quantity: 1,
    unit: 'sandboxes',
    start: NOW_MS - 90_000,
    end: NOW_MS,
  },
  { ...AT, id: 'r6', resource: 'storage', quantity: 1, unit: 'gib_months', sku: 'glacier' },
];
const COSTS = {
  cpu_compute: [0.144, 0.0025],
  memory: [0.0294912],
  gpu_compute: [3.6],
  storage: [2.3],
  network: [4.5],
};

async function post({ url }: Service, body: unknown, headers = {}) {
  const response = await fetch(`${url}/v1/resources`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}

/** Values of a family by one of its labels. */
function valuesBy(scraped: string, family: string, label: string): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  for (const [, labels, value] of scraped.matchAll(new RegExp(`^${family}\\{(.*)\\} (\\S+)$`, 'gm'))) {
    const name = new RegExp(`${label}="([^"]*)"`).exec(labels!)?.[1] ?? '';
    values[name] = [...(values[name] ?? []), Number(value)];
  }
  return values;
}

describe('POST /v1/resources', () => {
  test('prices by the rates, counts by category, is no call, and the same after a restart or a crash', async () => {
    const directory = tempDir();
    const service = await serveApp(directory, SETTINGS);
    expect(await post(service, EVENTS)).toEqual({
      status: 200,
      answer: { accepted: 7, duplicate: 0, unpriced: 1, rejected: [] },
    });
    expect(await post(service, { events: EVENTS })).toMatchObject({ answer: { accepted: 0, duplicate: 7 } });
    const before = await exposition(service.app);
    // As a crash leaves it: the charges are committed, the sums are not written yet.
    const crashed = tempDir();
    cpSync(directory, crashed, { recursive: true });
    await service.close();

    const restarted = [];
    for (const left of [directory, crashed]) {
      const app = await openApp(left, SETTINGS);
      restarted.push(await exposition(app));
      await app.close();
    }
    for (const scraped of [before, ...restarted]) {
      expect(valuesBy(scraped, 'llm_cost_total', 'category')).toEqual(COSTS);
      expect(valuesBy(scraped, 'llm_cost_month_to_date_usd', 'category')).toEqual(COSTS);
      expect(valuesBy(scraped, 'llm_budget_spent_usd', 'scope')).toEqual({
        organization: [10.5759912],
        tenant: [10.5759912],
      });
      expect(scraped).not.toMatch(/^llm_requests_total\{/m);
      expect(scraped).not.toMatch(/^llm_tokens_total\{/m);
      expect(scraped).toMatch(/^llm_unpriced_requests_total\{model="glacier",reason="unknown_model"\} /m);
    }
    expect(before).toContain('llm_cost_exporter_ingest_unpriced_total{source="resources"} 1');
    expect(before).toContain(
      'llm_cost_exporter_ingest_events_total{source="resources",result="duplicate"} 7',
    );
  });

  test('stays as it was priced when the rates change', async () => {
    const directory = tempDir();
    const first = await openApp(directory, SETTINGS);
    const request = { contentType: '', provider: '', attributes: {} };
    await first.ingest('resources', { ...request, body: Buffer.from(JSON.stringify(EVENTS)) });
    await first.close();
    const second = await openApp(directory, { resources: { rates: [{ resource: 'cpu', usd: 99 }] } });
    expect(valuesBy(await exposition(second), 'llm_cost_total', 'category')).toEqual(COSTS);
    await second.close();
  });

  test('answers what is wrong, and takes NDJSON', async () => {
    const service = await serveApp(tempDir(), SETTINGS);
    const [cpu] = EVENTS;
    const bad = await post(service, { ...cpu, unit: 'GB' });
    expect(bad).toEqual({
      status: 400,
      answer: {
        accepted: 0,
        duplicate: 0,
        unpriced: 0,
        rejected: [
          {
            index: 0,
            code: 'invalid_event',
            message: 'unit: expected for cpu one of cores, millicores, core_seconds, core_hours',
          },
        ],
      },
    });
    const lines = EVENTS.map((event) => JSON.stringify(event)).join('\n');
    expect(await post(service, lines, { 'Content-Type': 'application/x-ndjson' })).toMatchObject({
      answer: { accepted: 7 },
    });
    expect(await post(service, EVENTS, { 'X-LLM-Team': 'a' })).toMatchObject({
      status: 400,
      answer: { error: { code: 'unexpected_attributes' } },
    });
    await service.close();
  });
});
