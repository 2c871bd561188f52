import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Child } from '../../scripts/demo/children.ts';
import { postEvents, scrape, sumOfFamily } from '../../scripts/demo/sender.ts';
import { freePort, spawnExporter, untilReady } from '../../scripts/demo/stack.ts';
import { waitUntil } from '../../scripts/demo/wait-until.ts';
import { createRandom } from '../../scripts/random.ts';
import { usageCounters } from './support/exposition.ts';
import {
  expectedNanoUsd,
  OWN_MODEL_CONFIG,
  type PricedEvent,
  pricedEvents,
  tokens,
} from './support/priced-events.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

const TIMEOUT_MS = 120_000;
const BATCH_EVENTS = 40;
const SENDERS = 4;
let place: Workplace;
let base: string;
let port: number;

beforeEach(async () => {
  place = openWorkplace();
  port = await freePort();
  base = `http://127.0.0.1:${port}`;
  writeFileSync(join(place.dir, 'exporter.yaml'), OWN_MODEL_CONFIG);
});
afterEach(() => place.clear());

const spawnHere = (atPort: number) =>
  spawnExporter(place.children, {
    configFile: join(place.dir, 'exporter.yaml'),
    dataDir: join(place.dir, 'ledger'),
    port: atPort,
  });

async function start(): Promise<Child> {
  const exporter = spawnHere(port);
  await untilReady(exporter, `${base}/-/ready`);
  return exporter;
}

interface Sent {
  readonly acknowledged: PricedEvent[][];
  readonly unanswered: PricedEvent[][];
}

/** Several senders post new batches until the exporter stops answering; `onAcknowledged` hears the running count. */
async function sendUntilItStops(
  make: () => PricedEvent[],
  onAcknowledged: (count: number) => void,
): Promise<Sent> {
  const acknowledged: PricedEvent[][] = [];
  const unanswered: PricedEvent[][] = [];
  const sender = async () => {
    for (;;) {
      const batch = make();
      try {
        const answer = await postEvents(base, batch);
        expect(answer).toMatchObject({ accepted: batch.length, duplicate: 0, rejected: [] });
      } catch (error) {
        unanswered.push(batch);
        if ((error as Error).name === 'AssertionError') throw error;
        return;
      }
      acknowledged.push(batch);
      onAcknowledged(acknowledged.length);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return { acknowledged, unanswered };
}

const expectTotals = (exposition: string, events: readonly PricedEvent[]) => {
  const totals = {
    requests: sumOfFamily(exposition, 'llm_requests_total'),
    tokens: sumOfFamily(exposition, 'llm_tokens_total'),
    nanoUsd: Math.round(sumOfFamily(exposition, 'llm_cost_total') * 1e9),
  };
  expect(totals).toEqual({
    requests: events.length,
    tokens: tokens(events),
    nanoUsd: expectedNanoUsd(events),
  });
};

test(
  'kill -9 at any moment loses no acknowledged event and counts none twice',
  async () => {
    const random = createRandom(20_261);
    const nextEvents = pricedEvents(7, Date.now() - 3_600_000);
    const make = () => nextEvents(BATCH_EVENTS, 500);
    const everything: PricedEvent[] = [];
    let seenBefore = new Map<string, number>();

    for (let round = 0; round < 4; round++) {
      const exporter = await start();
      const afterRestart = usageCounters(await scrape(base));
      for (const [series, value] of seenBefore)
        expect(afterRestart.get(series), `${series} after restart ${round}`).toBeGreaterThanOrEqual(value);

      const killAfter = 3 + Math.floor(random.uniform() * 30);
      const scrapeAfter = Math.ceil(killAfter / 2);
      const midway: Promise<string>[] = [];
      const { acknowledged, unanswered } = await sendUntilItStops(make, (count) => {
        if (count === scrapeAfter) midway.push(scrape(base));
        // The kill waits for the scrape, or there would be nothing to compare; the senders do not.
        if (count === killAfter) void Promise.allSettled(midway).then(() => exporter.signal('SIGKILL'));
      });
      expect(await exporter.exited).toMatchObject({ signal: 'SIGKILL' });
      expect(unanswered).toHaveLength(SENDERS);
      seenBefore = usageCounters(await midway[0]!);
      expect(seenBefore.size).toBeGreaterThan(0);

      const again = await start();
      for (const batch of acknowledged.filter(() => random.uniform() < 0.3))
        expect(await postEvents(base, batch)).toMatchObject({ accepted: 0, duplicate: batch.length });
      for (const batch of unanswered) {
        const answer = await postEvents(base, batch);
        expect(answer.accepted + answer.duplicate, JSON.stringify(answer)).toBe(batch.length);
      }
      everything.push(...acknowledged.flat(), ...unanswered.flat());
      expectTotals(await scrape(base), everything);
      again.signal('SIGKILL');
      await again.exited;
    }

    await start();
    expectTotals(await scrape(base), everything);
  },
  TIMEOUT_MS,
);

test(
  'SIGTERM under load: exit code 0, and what was acknowledged is there after the restart',
  async () => {
    const nextEvents = pricedEvents(8, Date.now() - 3_600_000);
    const exporter = await start();
    const { acknowledged } = await sendUntilItStops(
      () => nextEvents(BATCH_EVENTS, 500),
      (count) => {
        if (count === 25) exporter.signal('SIGTERM');
      },
    );
    expect(await exporter.exited, exporter.outputTail()).toEqual({ code: 0, signal: null });

    await start();
    for (const batch of acknowledged)
      expect(await postEvents(base, batch)).toMatchObject({ accepted: 0, duplicate: batch.length });
  },
  TIMEOUT_MS,
);

test(
  'a second process on the same data directory is refused with a message that names it',
  async () => {
    const first = await start();
    const second = spawnHere(await freePort());
    await waitUntil(
      'the second process to end',
      () => !second.isRunning() || undefined,
      30_000,
      second.outputTail,
    );
    const { code, signal } = await second.exited;
    expect(signal).toBeNull();
    expect(code).toBeGreaterThan(0);
    expect(second.outputTail()).toContain(join(place.dir, 'ledger'));
    expect(first.isRunning()).toBe(true);
    expect((await fetch(`${base}/-/ready`)).status).toBe(200);
  },
  TIMEOUT_MS,
);
