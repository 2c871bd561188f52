import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budget, check, idOf, release, reserve, settle, usage, withBudgets } from './support/budgets.ts';
import { type Answer, postEvents, type RunningExporter, scrape, sumOf } from './support/exporter.ts';

const CALLERS = 200;
const SECONDS = 60;
const NANO = 1e9;

const caller = fc.record({
  estimateNanoUsd: fc.integer({ min: 1, max: 60_000_000 }),
  usedRatio: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  attempts: fc.integer({ min: 1, max: 6 }),
  ends: fc.constantFrom(
    'settles',
    'settles',
    'settles',
    'settles',
    'settles twice',
    'settles and posts',
    'settles a cost and posts',
    'posts only',
    'releases',
    'crashes',
  ),
});
type Caller = typeof caller extends fc.Arbitrary<infer Value> ? Value : never;

/** What is left of the tenant's budget, as an answer says. */
const leftOf = ({ json }: Answer) =>
  Math.round((json as { remaining: [{ amount: number }] }).remaining[0].amount * NANO);

/** One call from its reservation to its end: what it cost, and what is still held for it. */
async function call(exporter: RunningExporter, tenant_id: string, { estimateNanoUsd, ...rest }: Caller) {
  const { usedRatio, attempts, ends } = rest;
  let id: string | undefined;
  for (let attempt = 0; id === undefined && attempt < attempts; attempt++) {
    const answer = await reserve(exporter, estimateNanoUsd / NANO, { tenant_id, ttl_seconds: SECONDS });
    id = idOf(answer);
    // What was left when it was decided, all that others had reserved by then taken off.
    if (id === undefined) expect(leftOf(answer)).toBeLessThan(estimateNanoUsd);
    else expect(leftOf(answer)).toBeGreaterThanOrEqual(0);
  }
  if (id === undefined) return { costNanoUsd: 0, heldNanoUsd: 0 };
  const costNanoUsd = Math.floor(estimateNanoUsd * usedRatio);
  const event = usage(costNanoUsd / NANO, { tenant_id });
  const events = { events: [event] };
  switch (ends) {
    case 'settles':
      expect((await settle(exporter, id, events)).json).toMatchObject({ settled: true, accepted: 1 });
      return { costNanoUsd, heldNanoUsd: 0 };
    case 'settles twice': {
      const answers = await Promise.all([settle(exporter, id, events), settle(exporter, id, events)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      return { costNanoUsd, heldNanoUsd: 0 };
    }
    case 'settles and posts': {
      const [{ json }] = await Promise.all([settle(exporter, id, events), postEvents(exporter, event)]);
      expect(json).toMatchObject({ settled: true });
      return { costNanoUsd, heldNanoUsd: 0 };
    }
    case 'settles a cost and posts':
      await settle(exporter, id, { cost_usd: costNanoUsd / NANO });
      await postEvents(exporter, event);
      return { costNanoUsd, heldNanoUsd: costNanoUsd };
    case 'posts only':
      await postEvents(exporter, event);
      return { costNanoUsd, heldNanoUsd: estimateNanoUsd };
    case 'releases':
      await release(exporter, id);
      return { costNanoUsd: 0, heldNanoUsd: 0 };
    case 'crashes':
      return { costNanoUsd: 0, heldNanoUsd: estimateNanoUsd };
  }
}

test(`${CALLERS} callers at once never overspend, and what they leave behind is gone with its time`, async () => {
  // Every tenant has 1 USD to itself.
  const exporter = await withBudgets([budget({ scope: {}, each: 'tenant' })]);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(caller, { minLength: CALLERS, maxLength: CALLERS }), async (callers) => {
      runs += 1;
      const tenant_id = `tenant-${runs}`;
      const ended = await Promise.all(callers.map((each) => call(exporter, tenant_id, each)));
      const spent = ended.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      const held = ended.reduce((sum, { heldNanoUsd }) => sum + heldNanoUsd, 0);
      expect(spent).toBeLessThanOrEqual(NANO);
      expect(leftOf(await check(exporter, 0, { tenant_id }))).toBe(NANO - spent - held);

      exporter.ports.nowMs += SECONDS * 1000;
      const left = NANO - spent;
      expect((await check(exporter, (left + 1) / NANO, { tenant_id })).json).toMatchObject({
        reason: 'limit',
      });
      const rest = await reserve(exporter, left / NANO, { tenant_id });
      expect(rest.json).toMatchObject({ allowed: true });
      expect(leftOf(rest)).toBe(0);
      await release(exporter, idOf(rest));
      const counted = sumOf(await scrape(exporter), 'llm_cost_total', `tenant_id="${tenant_id}"`);
      expect(Math.round(counted * NANO)).toBe(spent);
    }),
    // A smaller crowd is no better an example.
    { numRuns: 3, endOnFailure: true },
  );
}, 60_000);
