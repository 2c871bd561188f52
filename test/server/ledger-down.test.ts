import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CodedError } from '../../exporter/domain/errors.ts';
import { tempDir } from '../support/temp-dir.ts';
import { exporterForTest, postEvents, request, scrape, sumOf } from './support/exporter.ts';

const EVENT = { id: 'e', provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 1000 } };

test('a file where the data directory should be: up, not ready, nothing acknowledged, and recovers', async () => {
  const place = join(tempDir(), 'data');
  writeFileSync(place, 'in the way');
  const exporter = await exporterForTest({ data_dir: place });
  const ready = () => request(`${exporter.url}/-/ready`);

  expect((await request(`${exporter.url}/-/healthy`)).status).toBe(200);
  const notReady = await ready();
  expect(notReady).toMatchObject({ status: 503, text: expect.stringMatching(/^not ready: .*EEXIST/) });
  expect(notReady.headers.get('retry-after')).toBe('1');

  const refused = await postEvents(exporter, [EVENT, { ...EVENT, id: 'f' }, {}]);
  expect(refused).toMatchObject({ status: 503, json: { error: { code: 'ledger_unavailable' } } });
  expect(refused.headers.get('retry-after')).toBe('5');
  const down = await scrape(exporter);
  expect(down.get('llm_cost_exporter_ledger_up')).toBe(0);
  expect(sumOf(down, 'llm_cost_exporter_ledger_errors_total', 'operation="open"')).toBeGreaterThan(0);
  const counted = 'llm_cost_exporter_ingest_events_total';
  expect(sumOf(down, counted, 'source="events"', 'result="failed"')).toBe(2);
  expect(sumOf(down, counted, 'source="events"', 'result="accepted"')).toBe(0);
  expect(sumOf(down, 'llm_requests_total')).toBe(0);
  expect((await request(`${exporter.url}/`)).text).toContain('Not ready: ');
  expect(exporter.ports.lines).toContainEqual(expect.stringMatching(/^error ledger cannot be used.*EEXIST/));

  rmSync(place);
  await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200);
  expect((await postEvents(exporter, EVENT)).json).toMatchObject({ accepted: 1 });
  const up = await scrape(exporter);
  expect(up.get('llm_cost_exporter_ledger_up')).toBe(1);
  expect(sumOf(up, 'llm_requests_total')).toBe(1);
});

test.each([
  ['ledger_busy', '1'],
  ['ledger_unavailable', '5'],
])('%s is answered 503 and says when to come back, on a connection that stays', async (code, seconds) => {
  const exporter = await exporterForTest({}, (app) => ({
    ...app,
    ingest: () => Promise.reject(new CodedError(code, 'not now')),
  }));
  const { status, headers, json } = await postEvents(exporter, EVENT);
  expect({ status, json }).toEqual({ status: 503, json: { error: { code, message: 'not now' } } });
  expect([headers.get('retry-after'), headers.get('connection')]).toEqual([seconds, 'keep-alive']);
});
