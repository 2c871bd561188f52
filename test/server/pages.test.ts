import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW_MS } from '../support/charges.ts';
import {
  exporterForTest,
  postEvents,
  type RunningExporter,
  request,
  startExporter,
} from './support/exporter.ts';

const HOSTILE = `<script>alert("1")</script>&'`;
let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter({
    budgets: { monthly_usd: 400, tenants: { [HOSTILE]: { monthly_usd: 50 } } },
    pricing: { models: [{ provider: 'own', model: 'm', usd_per_million: { input: 100 } }] },
  });
  const event = { provider: 'own', model: 'm', usage: { input_tokens: 1_000_000 } };
  await postEvents(exporter, [
    { ...event, id: 'a', tenant_id: HOSTILE, timestamp: NOW_MS - 60_000 },
    { ...event, id: 'b', tenant_id: 'acme', timestamp: NOW_MS - 2 * 3_600_000 },
    { ...event, id: 'c', provider: 'nobody', timestamp: NOW_MS },
  ]);
});
afterAll(() => exporter.close());

test('the landing page shows the totals', async () => {
  const { text, headers } = await request(`${exporter.url}/`);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const figure of [
    '$200.00',
    '$100.00',
    'since 2026-11-01, UTC',
    '50.0 %',
    '200.0 %',
    '<dt>Events in the ledger</dt><dd>3<',
  ]) {
    expect(text).toContain(figure);
  }
  expect(text).toMatch(/Calls without a price<\/dt><dd class="bad">1</);
  expect(text).toContain('href="metrics"');
});

test('and no value of the outside becomes markup', async () => {
  const { text, headers } = await request(`${exporter.url}/`);
  expect(text).not.toMatch(/<script/i);
  expect(text).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('opportunities come with their evidence', async () => {
  const opportunity = {
    strategy: 'response_cache',
    target: 'acme/own/m',
    effort: 'low',
    risk: 'low',
    savingsUsdPerMonth: 12.5,
    confidence: 0.5,
    advice: 'cache <it>',
    evidence: { calls: 10 },
  } as const;
  const wrapped = await exporterForTest({}, (app) => ({
    ...app,
    overview: () => ({ ...app.overview(), opportunities: [opportunity] }),
  }));
  const { json } = await request(`${wrapped.url}/api/v1/opportunities`);
  expect(json).toEqual({ opportunities: [opportunity] });
  expect((await request(`${wrapped.url}/`)).text).toContain('<td>cache &#60;it&#62;</td>');
});
