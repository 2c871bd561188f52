import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAsk } from '../../exporter/bills/ask.ts';
import type { Bill } from '../../exporter/bills/bill.ts';
import { BILL_READERS, readBill } from '../../exporter/bills/index.ts';
import { trailingDays } from '../../exporter/bills/utc-days.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { NOW_MS } from '../support/charges.ts';
import { tempDir } from '../support/temp-dir.ts';
import { serveAnthropic } from './fake-anthropic.ts';
import { serveOpenAi } from './fake-openai.ts';
import { serveOpenRouter } from './fake-openrouter.ts';
import { type FakeAnswer, type FakeBooks, fakeBooks, KEY } from './fake-provider.ts';

const PROVIDERS = {
  openai: { serve: serveOpenAi, base: '/v1', perUsd: 1, isPaged: true },
  anthropic: { serve: serveAnthropic, base: '', perUsd: 100, isPaged: true },
  openrouter: { serve: serveOpenRouter, base: '/api/v1', perUsd: 1, isPaged: false },
} as const;
type Provider = keyof typeof PROVIDERS;
const NAMES = Object.keys(PROVIDERS) as Provider[];
const PAGED = NAMES.filter((name) => PROVIDERS[name].isPaged);

async function given(name: Provider, books: FakeBooks) {
  const { serve, base } = PROVIDERS[name];
  const provider = await serve(books, () => NOW_MS);
  onTestFinished(() => provider.close());
  const keyFile = join(tempDir(), 'key');
  writeFileSync(keyFile, `  ${KEY}\n`);
  const settings = { provider: name, admin_key_file: keyFile, base_url: `${provider.url}${base}/` };
  const read = (signal = new AbortController().signal, days = 3) =>
    readBill(settings, trailingDays(NOW_MS, days), { fetch, nowMs: NOW_MS, signal });
  const failing = async (answer: FakeAnswer) => {
    provider.instead = answer;
    return (await read().catch((error: Error) => error)) as Error & { retryAfterSeconds?: number };
  };
  return { provider, keyFile, settings, read, failing };
}

const amount = (name: Provider, usd: number) => String(usd * PROVIDERS[name].perUsd);
const byDay = (sums: ReadonlyMap<number, number>) =>
  Object.fromEntries([...sums].map(([dayMs, sum]) => [new Date(dayMs).toISOString().slice(8, 10), sum]));
const linesOf = ({ lines }: Bill) =>
  lines.map(({ model, projectId, nanoUsd }) => `${model}/${projectId}/${nanoUsd}`).sort();

test('there is a reader for each provider that can be configured, and the reverse', () => {
  for (const { provider } of BILL_READERS)
    configSchema.parse({ bills: [{ provider, admin_key_file: 'key' }] });
  expect(BILL_READERS.map(({ provider }) => provider)).toEqual(NAMES);
});

describe.each(NAMES)('the bill of %s', (name) => {
  test('has the amounts and tokens of each day of the window', async () => {
    const { read } = await given(
      name,
      fakeBooks({
        costs: [
          { day: '2026-11-18', model: 'before', amount: amount(name, 9) },
          { day: '2026-11-19', model: 'a', project: 'p', amount: amount(name, 0.5) },
          { day: '2026-11-19', model: 'b', amount: amount(name, 0.25) },
          { day: '2026-11-20', model: 'a', project: 'p', amount: amount(name, 0.125) },
        ],
        tokens: { '2026-11-18': 99, '2026-11-19': 1200, '2026-11-20': 340 },
      }),
    );
    const bill = await read();
    expect(byDay(bill.nanoUsdByDay)).toMatchObject({ 19: 750_000_000, 20: 125_000_000 });
    expect(byDay(bill.nanoUsdByDay)).not.toHaveProperty('18');
    expect(byDay(bill.tokensByDay)).toMatchObject({ 19: 1200, 20: 340 });
    expect(linesOf(bill)).toEqual(['a/p/125000000', 'a/p/500000000', 'b//250000000']);
  });

  test('is refused as a whole where one amount is no number', async () => {
    const { read } = await given(
      name,
      fakeBooks({
        costs: [
          { day: '2026-11-20', model: 'good', amount: '1' },
          { day: '2026-11-20', model: 'bad', amount: 'one' },
        ],
      }),
    );
    await expect(read()).rejects.toThrow(/expected a decimal number below 9 million USD/);
  });

  test.each<[string, FakeAnswer, RegExp]>([
    ['a refused key', { status: 401, body: `Incorrect: ${KEY}` }, /the key of \S+ is refused \(401\)/],
    ['a forbidden key', { status: 403, body: KEY }, /the key of \S+ is refused \(403\)/],
    ['no JSON', { status: 200, body: `<html>${KEY}` }, /the answer is not JSON/],
    ['another shape', { status: 200, body: `{"error":"${KEY}"}` }, /data: expected array/],
    ['a list', { status: 200, body: '[]' }, /the answer: expected object/],
    ['an error of theirs', { status: 500, body: KEY }, /status 500, expected 200/],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /a redirect \(302\)/],
    ['too much', { status: 200, body: ' '.repeat(17 * 1024 * 1024) }, /more than 16777216 bytes/],
  ])('cannot be read from %s, and the error holds nothing of the answer', async (_, answer, message) => {
    const { provider, failing } = await given(name, fakeBooks());
    const error = await failing(answer);
    expect(error.name).toBe('BillError');
    expect(error.message).toMatch(message);
    expect(`${error.message}${error.stack}`).not.toContain(KEY);
    expect(provider.asked).toHaveLength(1);
  });

  test.each([429, 503])('says with %i how long to wait', async (status) => {
    const { failing } = await given(name, fakeBooks());
    expect(await failing({ status, headers: { 'retry-after': '120' } })).toMatchObject({
      name: 'BillError',
      retryAfterSeconds: 120,
    });
  });

  test('cannot be read from nobody, nor after the stop', async () => {
    const { provider, read } = await given(name, fakeBooks());
    await expect(read(AbortSignal.abort())).rejects.toThrow(/stopped/);
    await provider.close();
    await expect(read()).rejects.toThrow(/no connection \(ECONNREFUSED\)/);
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['nothing', ' \n', /is empty, expected a key/],
    ['two lines', `${KEY}\n${KEY}`, /is no key, expected one line/],
    ['a control character', `${KEY}\u0007x`, /is no key/],
    ['no ASCII', `${KEY}ä`, /is no key/],
    ['too much', `${KEY}${'x'.repeat(5000)}`, /is no key/],
  ])('is not asked for with a key file that has %s', async (_, content, message) => {
    const { provider, keyFile, read } = await given(name, fakeBooks());
    writeFileSync(keyFile, content);
    const error = (await read().catch((reason: Error) => reason)) as Error;
    expect(error.message).toMatch(message);
    expect(error.message).toContain(keyFile);
    expect(`${error.message}${error.stack}`).not.toContain(KEY);
    expect(provider.asked).toEqual([]);
  });

  test('is not asked for without a key file', async () => {
    const { settings } = await given(name, fakeBooks());
    const world = { fetch, nowMs: NOW_MS, signal: new AbortController().signal };
    const missing = readBill({ ...settings, admin_key_file: 'nowhere' }, trailingDays(NOW_MS, 3), world);
    await expect(missing).rejects.toThrow('admin_key_file nowhere cannot be read: ENOENT');
  });

  test('reads the key anew each time', async () => {
    const { keyFile, read } = await given(name, fakeBooks());
    writeFileSync(keyFile, 'sk-old');
    await expect(read()).rejects.toThrow(/is refused/);
    writeFileSync(keyFile, KEY);
    await expect(read()).resolves.toMatchObject({ lines: [] });
  });
});

test('a provider that does not answer is given up, and a password of a proxy is not repeated', async () => {
  const ask = (baseUrl: string) =>
    createAsk({
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
      baseUrl,
      headers: {},
      keyFile: 'key',
      nowMs: NOW_MS,
      timeoutMs: 1,
      signal: new AbortController().signal,
    })('/costs', []);
  await expect(ask('http://user:secret@proxy/v1')).rejects.toThrow(
    'GET http://proxy/v1/costs: no answer within 0.001 s',
  );
});

describe.each(PAGED)('the pages of %s', (name) => {
  const costs = ['19', '20', '21'].map((day, index) => ({
    day: `2026-11-${day}`,
    model: 'a',
    amount: amount(name, index + 1),
  }));
  const tokens = { '2026-11-19': 100, '2026-11-20': 200, '2026-11-21': 300 };

  test.each([
    ['one after the other', [0, 1, 2]],
    ['in another order', [2, 0, 1]],
    ['some twice', [0, 0, 1, 2, 1]],
  ])('add up to the same %s', async (_, order) => {
    const books = fakeBooks({ costs, tokens, pageSize: 1, order: () => order });
    const { provider, read } = await given(name, books);
    const bill = await read();
    expect(byDay(bill.nanoUsdByDay)).toEqual({ 19: 1e9, 20: 2e9, 21: 3e9 });
    expect(byDay(bill.tokensByDay)).toEqual({ 19: 100, 20: 200, 21: 300 });
    const costPages = provider.asked.filter((url) => url.includes('cost'));
    expect(costPages).toHaveLength(order.length);
  });

  test('are bounded', async () => {
    const endless = fakeBooks({ costs, pageSize: 1, order: () => Array(1000).fill(0) });
    const { provider, read } = await given(name, endless);
    await expect(read()).rejects.toThrow(/more than 100 pages/);
    expect(provider.asked).toHaveLength(100);
  });

  test('end with an error where the next one has no name', async () => {
    const { failing } = await given(name, fakeBooks());
    const body = '{"data":[],"has_more":true,"next_page":null}';
    expect((await failing({ status: 200, body })).message).toMatch(/next_page: expected text/);
  });

  test('a day without costs cost nothing, which is not unknown', async () => {
    const { read } = await given(name, fakeBooks());
    expect(byDay((await read()).nanoUsdByDay)).toEqual({ 19: 0, 20: 0, 21: 0 });
  });

  test('another currency is not added', async () => {
    const { read } = await given(name, fakeBooks({ costs, currency: 'EUR' }));
    await expect(read()).rejects.toThrow(/currency: expected USD/);
  });

  test('two rows of one bucket that look alike are two', async () => {
    const twice = fakeBooks({ costs: [...costs, ...costs] });
    const { read } = await given(name, twice);
    expect(byDay((await read()).nanoUsdByDay)).toEqual({ 19: 2e9, 20: 4e9, 21: 6e9 });
  });

  test('a window of 30 days is asked for in one page', async () => {
    const { provider, read } = await given(name, fakeBooks({ costs }));
    await read(undefined, 30);
    expect(provider.asked.filter((url) => url.includes('cost'))).toHaveLength(1);
    for (const url of provider.asked) expect(url).toContain('limit=30');
  });
});

test('OpenAI: line items of one model are one line, whatever the spelling of their amounts', async () => {
  const day = '2026-11-20';
  const { read } = await given(
    'openai',
    fakeBooks({
      costs: [
        { day, model: 'gpt-4o-2024-08-06, input', amount: '0.0310000000000000001' },
        { day, model: 'gpt-4o-2024-08-06, output', amount: 1e-7 },
        { day, model: 'gpt-4o-2024-08-06, cached input', amount: '5E-9' },
        { day, model: 'Code interpreter', project: 'proj_1', amount: 0.06 },
        { day, model: null, amount: -1.5 },
      ],
    }),
  );
  expect(linesOf(await read())).toEqual([
    '//-1500000000',
    'Code interpreter/proj_1/60000000',
    'gpt-4o-2024-08-06//31000105',
  ]);
});

test('Anthropic: amounts are cents, and what is no model goes by its type', async () => {
  const costs = [{ day: '2026-11-20', model: null, project: 'wrkspc_1', amount: '123.45' }];
  const { read } = await given('anthropic', fakeBooks({ costs }));
  expect(linesOf(await read())).toEqual(['web_search/wrkspc_1/1234500000']);
});

test('OpenRouter: a day without calls is unknown, and what own keys paid elsewhere is not on its bill', async () => {
  const costs = [{ day: '2026-11-19', model: 'openai/gpt-4.1', amount: 0.015 }];
  const { read } = await given('openrouter', fakeBooks({ costs }));
  const bill = await read();
  expect(byDay(bill.nanoUsdByDay)).toEqual({ 19: 15_000_000 });
  expect(bill.lines).toHaveLength(1);
});
