import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serveOpenAi } from '../bills/fake-openai.ts';
import { type FakeCost, fakeBooks } from '../bills/fake-provider.ts';
import { chargeOf, NOW_MS } from '../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';
import { givenBill, keyFile } from './given-bill.ts';

const DAY_MS = 86_400_000;
const DRIFT_USD = 'llm_cost_reconciliation_drift_usd';
const DAY = '2026-11-20';
const TODAY = '2026-11-21';
const cost = (day: string, amount: string | number, model = 'gpt-4o', project?: string): FakeCost =>
  project === undefined ? { day, model, amount } : { day, model, amount, project };

async function givenProvider(ports: FrozenPorts) {
  const books = fakeBooks();
  const provider = await serveOpenAi(books, ports.now);
  onTestFinished(() => provider.close());
  const settings = { admin_key_file: keyFile(), base_url: `${provider.url}/v1`, bill_only: true };
  const open = (dataDir: string) => givenBill(dataDir, settings, ports);
  return { books, open };
}

/** Nano-USD that the ledger has of each day, model and project. */
async function booked({ ledger }: Awaited<ReturnType<typeof givenBill>>) {
  const sums: Record<string, number> = {};
  for (const daysAgo of [0, 1, 2]) {
    const dayMs = Math.floor(NOW_MS / DAY_MS - daysAgo) * DAY_MS;
    for (const { dimensions, costs, quantities } of await ledger.totalsBetween(dayMs, dayMs + DAY_MS)) {
      expect(quantities.every((quantity) => quantity === 0)).toBe(true);
      const key = [new Date(dayMs).toISOString().slice(0, 10), dimensions.model, dimensions.project_id].join(
        ' ',
      );
      sums[key] = costs.reduce((sum, each) => sum + each, 0);
    }
  }
  return sums;
}

describe('a bill that is the cost', () => {
  test('is in the cost counters by model, and is no calls and no tokens', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    books.costs = [cost(DAY, 2), cost(TODAY, '0.5'), cost(TODAY, 0.25, 'Code interpreter', 'p')];
    const bill = await open(tempDir());
    await bill.watch.look();
    const { counter, counted, published } = bill;
    expect(counter('llm_cost_total')).toEqual({
      'openai,gpt-4o,,,,,api_external,': 2.5e9,
      'openai,Code interpreter,,,,,api_external,': 0.25e9,
    });
    expect(Object.values(counter('llm_requests_total'))).toEqual([0, 0]);
    expect(counter('llm_tokens_total')).toEqual({});
    expect(Object.fromEntries(counted)).toEqual({ 'bill accepted': 3, 'bill duplicate': 0 });
    expect(published('llm_provider_computed_cost_usd')).toMatchObject({
      [`openai,${DAY}`]: 2,
      [`openai,${TODAY}`]: 0.75,
    });
    expect(published(DRIFT_USD)).toEqual({});
  });

  test('is booked once, whether it is read again, after a restart or with more in it', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    const dataDir = tempDir();
    books.costs = [cost(DAY, 2), cost(TODAY, 0.5)];
    const first = await open(dataDir);
    await first.watch.look();
    await first.watch.look();
    await first.close();
    const second = await open(dataDir);
    const before = second.counter('llm_cost_total');
    await second.watch.look();
    expect(second.counter('llm_cost_total')).toEqual(before);
    expect(second.counted.size).toBe(0);
    books.costs = [cost(DAY, 2.25), cost(TODAY, 0.75)];
    await second.watch.look();
    expect(await booked(second)).toEqual({ [`${DAY} gpt-4o `]: 2.25e9, [`${TODAY} gpt-4o `]: 0.75e9 });
    expect(Object.values(second.counter('llm_cost_total'))).toEqual([3e9]);
  });

  test('that shrinks stays counted, and the difference shows as drift', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    const bill = await open(tempDir());
    const { watch, published } = bill;
    const look = async (amount: number) => {
      books.costs = [cost(DAY, amount)];
      await watch.look();
      return (await booked(bill))[`${DAY} gpt-4o `];
    };
    expect(await look(4)).toBe(4e9);
    expect(await look(3)).toBe(4e9);
    expect(published(DRIFT_USD)).toEqual({ [`openai,${DAY}`]: -1 });
    expect(published('llm_provider_reported_cost_usd')).toMatchObject({ [`openai,${DAY}`]: 3 });
    expect(await look(5)).toBe(5e9);
    expect(published(DRIFT_USD)).toEqual({});
  });

  test('shows calls of the provider that are counted beside it as drift', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    books.costs = [cost(DAY, 4)];
    const { watch, ledger, published } = await open(tempDir());
    await ledger.append([chargeOf({ id: 'a call', timestampMs: NOW_MS - DAY_MS })]);
    await watch.look();
    expect(published(DRIFT_USD)).toEqual({ [`openai,${DAY}`]: -0.0035 });
  });

  test('is booked within its own day, and never in the future', async () => {
    const ports = frozenPorts(Date.UTC(2026, 10, 21));
    const { books, open } = await givenProvider(ports);
    books.costs = [cost(DAY, 1), cost(TODAY, 2)];
    const { watch, ledger } = await open(tempDir());
    await watch.look();
    const costBetween = async (fromMs: number, toMs: number) =>
      (await ledger.totalsBetween(fromMs, toMs)).flatMap(({ costs }) => costs).reduce((a, b) => a + b, 0);
    expect(await costBetween(ports.nowMs - 1, ports.nowMs)).toBe(1e9);
    expect(await costBetween(ports.nowMs, ports.nowMs + 1)).toBe(2e9);
  });

  test('is booked neither in part nor at all while one page of it cannot be read', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    books.costs = [cost('2026-11-19', 1), cost(DAY, 'broken')];
    books.pageSize = 1;
    const bill = await open(tempDir());
    await bill.watch.look();
    expect(await booked(bill)).toEqual({});
    expect(bill.published('llm_cost_exporter_bill_up')).toEqual({ openai: 0 });
  });

  test('says so where the ledger does not take it, and books it with the next look', async () => {
    const { books, open } = await givenProvider(frozenPorts());
    books.costs = [cost(DAY, 1)];
    const dataDir = tempDir();
    const bill = await open(dataDir);
    await bill.ledger.close();
    expect(await bill.watch.look()).toBe(60);
    expect(bill.published('llm_cost_exporter_bill_up')).toEqual({ openai: 0 });
    const again = await open(dataDir);
    await again.watch.look();
    expect(await booked(again)).toEqual({ [`${DAY} gpt-4o `]: 1e9 });
  });

  test('adds up to the most that was ever reported of each line, whatever happens in between', async () => {
    const line = fc.record({
      day: fc.constantFrom('2026-11-19', DAY, TODAY),
      model: fc.constantFrom('a', 'b', 'a:b'),
      project: fc.constantFrom('p', 'b:p'),
      nanoUsd: fc.integer({ min: -5, max: 1_000_000_000_000 }),
    });
    const look = fc.record({
      lines: fc.uniqueArray(line, {
        maxLength: 6,
        selector: ({ day, model, project }) => `${day} ${model} ${project}`,
      }),
      restart: fc.boolean(),
      pageSize: fc.integer({ min: 1, max: 3 }),
      shuffle: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      minutes: fc.integer({ min: 0, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(look, { minLength: 1, maxLength: 6 }), async (looks) => {
        const ports = frozenPorts();
        const { books, open } = await givenProvider(ports);
        const dataDir = tempDir();
        let bill = await open(dataDir);
        const most: Record<string, number> = {};
        for (const { lines, restart, pageSize, shuffle, minutes } of looks) {
          ports.nowMs += minutes * 60_000;
          if (restart) {
            await bill.close();
            bill = await open(dataDir);
          }
          books.costs = lines.map(({ day, model, project, nanoUsd }) =>
            cost(day, `${nanoUsd}e-9`, model, project),
          );
          books.pageSize = pageSize;
          books.order = (pages) => [...shuffle, ...shuffle].filter((page) => page < pages);
          await bill.watch.look();
          expect(bill.watch.status.up).toBe(true);
          for (const { day, model, project, nanoUsd } of lines) {
            const key = `${day} ${model} ${project}`;
            if (nanoUsd > 0) most[key] = Math.max(most[key] ?? 0, nanoUsd);
          }
          expect(await booked(bill)).toEqual(most);
        }
        const total = Object.values(bill.counter('llm_cost_total')).reduce((sum, each) => sum + each, 0);
        expect(total).toBe(Object.values(most).reduce((sum, each) => sum + each, 0));
        await bill.close();
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});
