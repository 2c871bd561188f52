import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW_MS } from '../../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../../support/ports.ts';
import { type Service, serveApp } from '../../support/running-app.ts';
import {
  BODY_LIMIT_BYTES,
  type Call,
  type ContractSource,
  type Feature,
  PROMPT,
  SETTINGS,
  type Totals,
  UNPRICED_MODEL,
  type WireRequest,
} from './contract.ts';
import { counterOf, scrapedTotals, totalsOf } from './totals.ts';

let runs = 0;

/** Calls that no other run has: each run has its own tenants and ids. */
export function callsOfRun(): readonly Call[] {
  runs += 1;
  const run = `r${runs}`;
  const call = (index: number, fields: Partial<Call>): Call => ({
    id: `contract-${run}-call-${String(index).padStart(6, '0')}`,
    atMs: NOW_MS - (index + 1) * 60_000,
    provider: 'openai',
    model: 'contract-small',
    input: 0,
    cacheRead: 0,
    output: 0,
    reasoning: 0,
    tenant: `${run}-acme`,
    ...fields,
  });
  return [
    call(0, { input: 200, cacheRead: 1000, output: 180, reasoning: 120 }),
    call(1, { input: 7, output: 3 }),
    call(2, { input: 7, output: 3 }),
    call(3, { provider: 'anthropic', model: 'contract-large', input: 100, cacheRead: 3000, output: 40 }),
    call(4, { tenant: `${run}-globex`, input: 51, output: 9, reasoning: 8 }),
    call(5, { provider: 'anthropic', model: 'contract-large', tenant: `${run}-globex`, input: 1, output: 1 }),
  ];
}

export async function send(
  url: string,
  { path, headers, body }: WireRequest,
): Promise<{ status: number; retryAfter: string | null; text: string }> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { ...headers }, body });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    text: await response.text(),
  };
}

export async function scrape(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** What every source promises, through real HTTP. */
export function describeSource(source: ContractSource): void {
  describe(source.name, () => {
    let dataDir: string;
    let ports: FrozenPorts;
    let service: Service;
    beforeAll(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'llm-cost-contract-'));
      ports = frozenPorts();
      service = await serveApp(dataDir, SETTINGS, ports);
    });
    afterAll(async () => {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    const sendAll = async (calls: readonly Call[]) => {
      for (const request of source.encode(calls)) {
        expect(await send(service.url, request)).toMatchObject({ status: 200 });
      }
    };
    const expectTotals = async (calls: readonly Call[]) => expectCounted(source, service.url, calls);
    const counter = async (name: string, ...labels: string[]) =>
      counterOf(await scrape(service.url), `llm_cost_exporter_ingest_${name}`, [
        `source="${source.id}"`,
        ...labels,
      ]);
    /** Left out where the source declares that it cannot; the list of those is a test of its own. */
    const promise = (feature: Feature, what: string, run: () => Promise<void>) => {
      if (source.cannot[feature] === undefined) test(what, run);
    };

    test('calls come to their tokens, cost and number; sent again they add nothing', async () => {
      const calls = callsOfRun();
      await sendAll(calls);
      await expectTotals(calls);
      const accepted = await counter('events_total', 'result="accepted"');
      await sendAll(calls);
      await expectTotals(calls);
      expect(await counter('events_total', 'result="accepted"')).toBe(accepted);
    });

    test('in any order, split and repeated in any way they come to the same', async () => {
      const six = callsOfRun().length;
      const order = fc.shuffledSubarray([...Array(six).keys()], { minLength: six });
      const repeated = fc.array(fc.nat(six - 1), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(order, repeated, fc.integer({ min: 1, max: six }), async (indices, again, size) => {
          const calls = callsOfRun();
          const sent = [...indices, ...again].map((index) => calls[index]!);
          for (let at = 0; at < sent.length; at += size) await sendAll(sent.slice(at, at + size));
          await expectTotals(calls);
        }),
        { numRuns: 5 },
      );
    });

    test('gzip is understood', async () => {
      const calls = callsOfRun();
      for (const { path, headers, body } of source.encode(calls)) {
        const zipped = {
          path,
          headers: { ...headers, 'Content-Encoding': 'gzip' },
          body: new Uint8Array(gzipSync(body)),
        };
        expect(await send(service.url, zipped)).toMatchObject({ status: 200 });
      }
      await expectTotals(calls);
    });

    test('a body over the limit is refused with 413, before and after unpacking', async () => {
      const [request] = source.encode(callsOfRun());
      const tooLarge = { ...request!, body: new Uint8Array(BODY_LIMIT_BYTES + 1).fill(0x20) };
      expect(await send(service.url, tooLarge)).toMatchObject({ status: 413 });
      const headers = { ...tooLarge.headers, 'Content-Encoding': 'gzip' };
      const zipped = { ...tooLarge, headers, body: new Uint8Array(gzipSync(tooLarge.body)) };
      expect(await send(service.url, zipped)).toMatchObject({ status: 413 });
    });

    const garbage = new Uint8Array([0xff, 0xfe, 0x00, 0x7b, 0x22, 0xc3, 0x28, 0x0a, 0xff]);
    promise('refusal', 'bytes that mean nothing are refused', async () => {
      const [request] = source.encode(callsOfRun());
      const { status } = await send(service.url, { ...request!, body: garbage });
      expect([400, 415, 422]).toContain(status);
    });

    test('bytes that mean nothing count nothing, a body cut in two at most what was whole', async () => {
      const before = await counter('events_total', 'result="accepted"');
      const calls = callsOfRun();
      const [request] = source.encode(calls);
      expect((await send(service.url, { ...request!, body: garbage })).status).toBeLessThan(500);
      expect(await counter('events_total', 'result="accepted"')).toBe(before);
      const half = Buffer.from(request!.body).subarray(0, request!.body.length >> 1);
      expect((await send(service.url, { ...request!, body: new Uint8Array(half) })).status).toBeLessThan(500);
      await sendAll(calls);
      await expectTotals(calls);
    });

    promise(
      'missing usage',
      'a call without usage is seen, and is not a call that used nothing',
      async () => {
        const { encode, reason } = source.withoutUsage!;
        const [call] = callsOfRun();
        const before = await counter('uncounted_total', `reason="${reason}"`);
        expect((await send(service.url, encode(call!))).status).toBeLessThan(500);
        expect(await counter('uncounted_total', `reason="${reason}"`)).toBe(before + 1);
        await expectTotals([]);
        expect(scrapedTotals(await scrape(service.url), new Set([call!.tenant])).requests).toEqual(new Map());
      },
    );

    test('tokens without a price are counted apart, and cost not nothing but an unknown amount', async () => {
      const [call] = callsOfRun();
      const unpriced = { ...call!, model: UNPRICED_MODEL };
      const before = await counter('unpriced_total');
      await sendAll([unpriced]);
      expect(await counter('unpriced_total')).toBeGreaterThan(before);
      const exposition = await scrape(service.url);
      expect(scrapedTotals(exposition, new Set([unpriced.tenant])).costNanoUsd).toEqual(new Map());
    });

    promise('unpriced requests', 'calls without a price are counted by model', async () => {
      const count = async () =>
        counterOf(await scrape(service.url), 'llm_unpriced_requests_total', [`model="${UNPRICED_MODEL}"`]);
      const before = await count();
      await sendAll(
        callsOfRun()
          .slice(0, 2)
          .map((call) => ({ ...call, model: UNPRICED_MODEL })),
      );
      expect(await count()).toBe(before + 2);
    });

    promise('content', 'no word of a prompt or an answer is kept, shown or logged', async () => {
      const requests = source.encode(callsOfRun());
      expect(requests.some(({ body }) => Buffer.from(body).includes(PROMPT))).toBe(true);
      const answers = [];
      for (const request of requests) {
        answers.push(await send(service.url, request));
        // Broken off in the middle, so that there is something to complain about.
        const body = new Uint8Array(Buffer.from(request.body).subarray(0, request.body.length - 3));
        answers.push(await send(service.url, { ...request, body }));
      }
      const shown = [JSON.stringify(answers), await scrape(service.url), ports.lines.join('\n')].join('\n');
      expect(shown).not.toContain(PROMPT);
      for (const file of filesIn(dataDir))
        expect([file, readFileSync(file).includes(PROMPT)]).toEqual([file, false]);
    });
  });
}

/** That exactly these calls of these tenants are in the ledger. */
export async function expectCounted(
  source: ContractSource,
  url: string,
  calls: readonly Call[],
): Promise<void> {
  const tenants = new Set(calls.map(({ tenant }) => tenant));
  const expected: Totals = (source.totals ?? totalsOf)(calls);
  const canCount = source.cannot.requests === undefined;
  expect(scrapedTotals(await scrape(url), tenants)).toEqual(
    canCount ? expected : { ...expected, requests: new Map() },
  );
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
