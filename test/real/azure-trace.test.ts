import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { IngestAnswer } from '../../exporter/app/index.ts';
import { readTrace, type TracedCall } from '../../scripts/accuracy/azure-trace.ts';
import { NOW_MS } from '../support/charges.ts';
import { exactSamples, nanoUsdOf } from '../support/exact-samples.ts';
import { frozenPorts } from '../support/ports.ts';
import { type Service, serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { realInput } from './shared-data.ts';

const TENANTS = 20;
const BATCH = 1000;
/** gpt-4o: 2.50 and 10.00 USD per million tokens. */
const NANO_USD_PER_TOKEN = { input: 2500n, output: 10_000n };
/** The trace is of 2023-11-16; the newest call is shifted to an hour ago. */
const NEWEST_MS = NOW_MS - 3_600_000;

type TokenType = keyof typeof NANO_USD_PER_TOKEN;
/** By tenant and token type. */
interface Sums {
  readonly nanoUsd: Record<string, bigint>;
  readonly tokens: Record<string, bigint>;
  readonly calls: Record<string, bigint>;
}

const tenantOf = (index: number) =>
  `tenant-${String((index * 7 + Math.floor(index / 31)) % TENANTS).padStart(2, '0')}`;

const sorted = (sums: Sums): Sums => {
  const inOrder = (record: Record<string, bigint>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { nanoUsd: inOrder(sums.nanoUsd), tokens: inOrder(sums.tokens), calls: inOrder(sums.calls) };
};

/** What the trace itself says, in whole numbers. */
function recomputed(calls: readonly TracedCall[]): Sums {
  const sums: Sums = { nanoUsd: {}, tokens: {}, calls: {} };
  calls.forEach(({ inputTokens, outputTokens }, index) => {
    const tenant = tenantOf(index);
    sums.calls[tenant] = (sums.calls[tenant] ?? 0n) + 1n;
    for (const [type, count] of [
      ['input', inputTokens],
      ['output', outputTokens],
    ] as const) {
      const key = `${tenant} ${type}`;
      sums.tokens[key] = (sums.tokens[key] ?? 0n) + BigInt(count);
      sums.nanoUsd[key] = (sums.nanoUsd[key] ?? 0n) + BigInt(count) * NANO_USD_PER_TOKEN[type];
    }
  });
  return sorted(sums);
}

/** What the published counters say, digit for digit. */
async function published({ url }: Service): Promise<Sums> {
  const sums: Sums = { nanoUsd: {}, tokens: {}, calls: {} };
  const text = await (await fetch(`${url}/metrics`)).text();
  for (const { name, labels, text: value } of exactSamples(text)) {
    const { tenant_id: tenant = '', token_type: type = '' } = labels;
    if (name === 'llm_cost_total') sums.nanoUsd[`${tenant} ${type}`] = nanoUsdOf(value);
    if (name === 'llm_tokens_total') sums.tokens[`${tenant} ${type}`] = BigInt(value);
    if (name === 'llm_requests_total') sums.calls[tenant] = BigInt(value);
    if (name === 'llm_unpriced_requests_total') throw new Error(`unpriced: ${JSON.stringify(labels)}`);
  }
  return sorted(sums);
}

/** What the rows of the ledger say, to anyone with SQLite: costs per call and tenant, tokens per class. */
function stored(dataDir: string): { sums: Omit<Sums, 'nanoUsd'>; nanoUsd: Record<string, bigint> } {
  const database = new DatabaseSync(join(dataDir, 'ledger.sqlite'), { readOnly: true });
  const query = database.prepare(
    `SELECT d.tenant_id AS tenant, count(*) AS calls, sum(c.input) AS input, sum(c.output) AS output,
            sum(c.cost_nano_usd) AS nanoUsd
     FROM charge c JOIN dimension_set d ON d.id = c.dimension_set_id GROUP BY d.tenant_id ORDER BY d.tenant_id`,
  );
  query.setReadBigInts(true);
  const tokens: Record<string, bigint> = {};
  const calls: Record<string, bigint> = {};
  const nanoUsd: Record<string, bigint> = {};
  for (const row of query.all() as Record<string, string | bigint>[]) {
    const tenant = row.tenant as string;
    calls[tenant] = row.calls as bigint;
    tokens[`${tenant} input`] = row.input as bigint;
    tokens[`${tenant} output`] = row.output as bigint;
    nanoUsd[tenant] = row.nanoUsd as bigint;
  }
  database.close();
  return { sums: { tokens, calls }, nanoUsd };
}

/** Costs by tenant alone. */
function byTenant(nanoUsd: Record<string, bigint>): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const [key, amount] of Object.entries(nanoUsd)) {
    const tenant = key.split(' ')[0]!;
    sums[tenant] = (sums[tenant] ?? 0n) + amount;
  }
  return sums;
}

async function post({ url }: Service, events: readonly object[]): Promise<IngestAnswer> {
  const response = await fetch(`${url}/v1/usage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  return (await response.json()) as IngestAnswer;
}

test('a production hour: ledger, counters and a recomputation agree to the nano-dollar', {
  timeout: 120_000,
}, async (context) => {
  const files = ['conv', 'code'].map((name) =>
    realInput(context, 'the Azure LLM inference trace', `azure-llm-trace/${name}.csv`),
  );
  const calls = files.flatMap(readTrace);
  expect(calls).toHaveLength(28_185);
  const shiftMs = NEWEST_MS - calls.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const types: readonly TokenType[] = ['input', 'output'];
  const events = calls.map(({ atMs, inputTokens, outputTokens }, index) => ({
    id: `trace-${index}`,
    timestamp: new Date(atMs + shiftMs).toISOString(),
    provider: 'openai',
    model: 'gpt-4o',
    tenant_id: tenantOf(index),
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  }));

  const dataDir = tempDir();
  let service = await serveApp(dataDir, {}, frozenPorts());
  onTestFinished(() => service.close());
  let accepted = 0;
  let duplicate = 0;
  let sent = 0;
  for (let at = 0; at < events.length; at += BATCH) {
    const batch = events.slice(at, at + BATCH);
    // Every third request comes twice at once, as from a sender that gave up waiting; every fourth has a call twice.
    const body = (at / BATCH) % 4 === 0 ? [...batch, batch[5]!] : batch;
    const requests = (at / BATCH) % 3 === 0 ? [body, body] : [body];
    for (const answer of await Promise.all(requests.map((request) => post(service, request)))) {
      expect(answer).toMatchObject({ unpriced: 0, rejected: [] });
      accepted += answer.accepted;
      duplicate += answer.duplicate;
    }
    sent += requests.length * body.length;
  }
  expect(accepted).toBe(calls.length);
  expect(duplicate).toBe(sent - calls.length);
  expect(duplicate).toBeGreaterThan(9000);

  const expected = recomputed(calls);
  expect(Object.keys(expected.calls)).toHaveLength(TENANTS);
  expect(Object.keys(expected.tokens)).toHaveLength(TENANTS * types.length);
  expect(await published(service)).toEqual(expected);

  await service.close();
  const { sums, nanoUsd } = stored(dataDir);
  expect(sums).toEqual({ tokens: expected.tokens, calls: expected.calls });
  expect(nanoUsd).toEqual(byTenant(expected.nanoUsd));

  service = await serveApp(dataDir, {}, frozenPorts());
  expect(await published(service)).toEqual(expected);
  expect(await post(service, events.slice(0, BATCH))).toMatchObject({ accepted: 0, duplicate: BATCH });
  expect(await published(service)).toEqual(expected);

  const total = Object.values(expected.nanoUsd).reduce((sum, amount) => sum + amount, 0n);
  console.info(`${calls.length} calls, ${duplicate} duplicates refused, ${total} nano-USD in all three`);
});
