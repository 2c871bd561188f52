import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { serveAnthropic } from '../bills/fake-anthropic.ts';
import { serveOpenAi } from '../bills/fake-openai.ts';
import { serveOpenRouter } from '../bills/fake-openrouter.ts';
import { type FakeBooks, fakeBooks, KEY } from '../bills/fake-provider.ts';
import { chargeOf, NOW_MS } from '../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';
import { type BillSettings, givenBill, keyFile } from './given-bill.ts';

const DAY_MS = 86_400_000;
const REPORTED = 'llm_provider_reported_cost_usd';
const COMPUTED = 'llm_provider_computed_cost_usd';
const DRIFT_USD = 'llm_cost_reconciliation_drift_usd';
const DRIFT_RATIO = 'llm_cost_reconciliation_drift_ratio';

async function given(books: FakeBooks, settings: BillSettings = {}, ports: FrozenPorts = frozenPorts()) {
  const provider = await serveOpenAi(books, ports.now);
  onTestFinished(() => provider.close());
  const bill = await givenBill(
    tempDir(),
    { admin_key_file: keyFile(), base_url: `${provider.url}/v1`, ...settings },
    ports,
  );
  return { provider, ports, ...bill };
}

/** 1000 input tokens at 2.5 USD and 100 output tokens at 10 USD a million, so many times: 3.5 USD for a thousand. */
const calls = (id: string, daysAgo: number, dimensions: object = {}) =>
  chargeOf({
    id,
    timestampMs: NOW_MS - daysAgo * DAY_MS,
    dimensions,
    quantities: { input: 1_000_000, output: 100_000 },
  });

const cost = (day: string, amount: string | number, model = 'gpt-4o') => ({ day, model, amount });

describe('reconciliation', () => {
  test('sets the bill beside what was counted of the provider, and only finished days drift', async () => {
    const { watch, ledger, published } = await given(
      fakeBooks({
        costs: [cost('2026-11-19', 7), cost('2026-11-20', '4.0'), cost('2026-11-21', 1)],
        tokens: { '2026-11-19': 2_200_000, '2026-11-20': 2_200_000 },
      }),
    );
    await ledger.append([
      calls('a', 2),
      calls('b', 2, { provider: 'OpenAI', tenant_id: 'globex' }),
      calls('c', 1),
      calls('azure', 1, { provider: 'azure' }),
      calls('earlier', 3),
      calls('unknown', 0, { provider: 'anthropic' }),
    ]);
    await watch.look();
    expect(published(REPORTED)).toEqual({
      'openai,2026-11-19': 7,
      'openai,2026-11-20': 4,
      'openai,2026-11-21': 1,
    });
    expect(published(COMPUTED)).toEqual({
      'openai,2026-11-19': 7,
      'openai,2026-11-20': 3.5,
      'openai,2026-11-21': 0,
    });
    expect(published(DRIFT_USD)).toEqual({ 'openai,2026-11-19': 0, 'openai,2026-11-20': 0.5 });
    expect(published(DRIFT_RATIO)).toEqual({ 'openai,2026-11-19': 0, 'openai,2026-11-20': 0.125 });
    expect(published('llm_provider_reported_tokens')).toEqual({
      'openai,2026-11-19': 2_200_000,
      'openai,2026-11-20': 2_200_000,
      'openai,2026-11-21': 0,
    });
    expect(published('llm_provider_computed_tokens')).toEqual({
      'openai,2026-11-19': 2_200_000,
      'openai,2026-11-20': 1_100_000,
      'openai,2026-11-21': 0,
    });
  });

  test('a day that cost nothing drifts in USD and has no ratio', async () => {
    const { watch, ledger, published } = await given(fakeBooks());
    await ledger.append([calls('a', 1)]);
    await watch.look();
    expect(published(DRIFT_USD)).toEqual({ 'openai,2026-11-19': 0, 'openai,2026-11-20': -3.5 });
    expect(published(DRIFT_RATIO)).toEqual({});
  });

  test.each([
    ['anthropic', serveAnthropic, '', 400],
    ['openrouter', serveOpenRouter, '/api/v1', 4],
  ] as const)('works for %s too', async (provider, serve, base, amount) => {
    const fake = await serve(fakeBooks({ costs: [cost('2026-11-20', String(amount))] }), () => NOW_MS);
    onTestFinished(() => fake.close());
    const settings = { provider, admin_key_file: keyFile(), base_url: `${fake.url}${base}` };
    const { watch, ledger, published } = await givenBill(tempDir(), settings, frozenPorts());
    await ledger.append([calls('a', 1, { provider })]);
    await watch.look();
    expect(published(DRIFT_USD)).toMatchObject({ [`${provider},2026-11-20`]: 0.5 });
    expect(published(DRIFT_RATIO)).toMatchObject({ [`${provider},2026-11-20`]: 0.125 });
    const isKnown = provider === 'anthropic';
    expect(Object.hasOwn(published(REPORTED), `${provider},2026-11-19`)).toBe(isKnown);
  });

  test('late figures replace those before, and days that leave the window disappear', async () => {
    const books = fakeBooks({ costs: [cost('2026-11-19', 5), cost('2026-11-20', 1)] });
    const { watch, published, ports } = await given(books);
    await watch.look();
    books.costs = [cost('2026-11-19', 5), cost('2026-11-20', 3)];
    await watch.look();
    expect(published(REPORTED)).toMatchObject({ 'openai,2026-11-19': 5, 'openai,2026-11-20': 3 });
    ports.nowMs += DAY_MS;
    expect(Object.keys(published(REPORTED))).toEqual(['openai,2026-11-20', 'openai,2026-11-21']);
    await watch.look();
    expect(Object.keys(published(DRIFT_USD))).toEqual(['openai,2026-11-20', 'openai,2026-11-21']);
  });
});

test('looks follow each other by themselves, until the stop', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { watch, provider } = await given(fakeBooks(), { interval_seconds: 600 });
  const looks = () => provider.asked.filter((url) => url.includes('/costs')).length;
  const lookUnderWay = async () => {
    expect(await watch.look()).toBe(600);
    return looks();
  };
  watch.start();
  watch.start();
  vi.advanceTimersByTime(0);
  expect(await lookUnderWay()).toBe(1);
  vi.advanceTimersByTime(599_999);
  expect(looks()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await lookUnderWay()).toBe(2);
  await watch.stop();
  vi.advanceTimersByTime(600_000);
  expect(await lookUnderWay()).toBe(2);
});

describe('a bill that cannot be read', () => {
  test('keeps what was known, says so once, and backs off as asked', async () => {
    const books = fakeBooks({ costs: [cost('2026-11-20', 1)] });
    const { watch, provider, published, ports } = await given(books);
    const up = () => published('llm_cost_exporter_bill_up');
    const last = () => published('llm_cost_exporter_bill_last_success_timestamp_seconds');
    expect(up()).toEqual({});
    expect(last()).toEqual({});
    expect(await watch.look()).toBe(3600);
    expect(up()).toEqual({ openai: 1 });
    expect(last()).toEqual({ openai: NOW_MS / 1000 });

    ports.nowMs += 3_600_000;
    provider.instead = { status: 429, headers: { 'retry-after': '120' } };
    expect(await watch.look()).toBe(120);
    provider.instead = { status: 500 };
    expect(await watch.look()).toBe(120);
    expect(await watch.look()).toBe(240);
    expect(up()).toEqual({ openai: 0 });
    expect(last()).toEqual({ openai: NOW_MS / 1000 });
    expect(published(REPORTED)).toMatchObject({ 'openai,2026-11-20': 1 });
    expect(ports.lines.filter((line) => line.includes('cannot be read'))).toEqual([
      `warn the bill cannot be read {"provider":"openai","error":"GET ${provider.url}/v1/organization/costs: status 429, expected 200"}`,
    ]);

    provider.instead = undefined;
    expect(await watch.look()).toBe(3600);
    expect(up()).toEqual({ openai: 1 });
    expect(ports.lines.at(-1)).toBe('info the bill can be read again {"provider":"openai"}');
  });

  test('has its key in no line, whatever goes wrong', async () => {
    const { watch, provider, ports } = await given(fakeBooks());
    for (const answer of [
      { status: 401, body: `Incorrect API key provided: ${KEY}` },
      { status: 200, body: KEY },
      { status: 200, body: `{"data":"${KEY}","has_more":false}` },
    ]) {
      provider.instead = answer;
      await watch.look();
      provider.instead = undefined;
      await watch.look();
    }
    await provider.close();
    await watch.look();
    expect(ports.lines.filter((line) => line.startsWith('warn'))).toHaveLength(4);
    expect(ports.lines.join('\n')).not.toContain(KEY);
    expect(ports.lines.join('\n')).not.toContain('sk-');
  });

  test('is asked for once where two looks meet', async () => {
    const { watch, provider } = await given(fakeBooks());
    await Promise.all([watch.look(), watch.look()]);
    expect(provider.asked.filter((url) => url.includes('/costs'))).toHaveLength(1);
  });
});
