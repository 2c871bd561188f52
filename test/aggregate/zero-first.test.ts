import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../exporter/aggregate/index.ts';
import type { Charge } from '../../exporter/domain/charge.ts';
import { NOW_MS } from '../support/charges.ts';
import { randomCharges, totalsOf } from '../support/random-charges.ts';
import { familyOf, seriesOf } from '../support/series.ts';
import { callOf, INPUT_NANO_USD, newAggregate, OUTPUT_NANO_USD } from './given.ts';

const ACME_INPUT = 'openai,gpt-4o,acme,,,,api_external,input';
const ACME_OUTPUT = 'openai,gpt-4o,acme,,,,api_external,output';
const GLOBEX_INPUT = 'openai,gpt-4o,globex,,,,api_external,input';

const costsSeenBy = (aggregate: Aggregate, scraper: string | undefined) =>
  familyOf(aggregate.blocks(NOW_MS, scraper), 'llm_cost_total');

describe('a new counter series', () => {
  it('is shown at 0 once, then with its value', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    const zeros = new Map([
      [ACME_INPUT, 0],
      [ACME_OUTPUT, 0],
    ]);
    const values = new Map([
      [ACME_INPUT, INPUT_NANO_USD],
      [ACME_OUTPUT, OUTPUT_NANO_USD],
    ]);
    expect(costsSeenBy(aggregate, 'a')).toEqual(zeros);
    expect(costsSeenBy(aggregate, 'a')).toEqual(values);
    expect(costsSeenBy(aggregate, 'a')).toEqual(values);
  });

  it('is shown at 0 beside old ones with their values', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    costsSeenBy(aggregate, 'a');
    aggregate.record(callOf('globex'));
    const seen = costsSeenBy(aggregate, 'a');
    expect([seen.get(ACME_INPUT), seen.get(GLOBEX_INPUT)]).toEqual([INPUT_NANO_USD, 0]);
  });

  it('is shown at 0 to each scraper for itself', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    costsSeenBy(aggregate, 'a');
    expect(costsSeenBy(aggregate, 'a').get(ACME_INPUT)).toBe(INPUT_NANO_USD);
    expect(costsSeenBy(aggregate, 'b').get(ACME_INPUT)).toBe(0);
    expect(costsSeenBy(aggregate, 'b').get(ACME_INPUT)).toBe(INPUT_NANO_USD);
  });

  it('is shown with its value to a scraper that comes late: its sum did not happen between two scrapes', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    const late = familyOf(aggregate.blocks(NOW_MS + 300_000, 'late'), 'llm_cost_total');
    expect(late.get(ACME_INPUT)).toBe(INPUT_NANO_USD);
    aggregate.record(callOf('globex'));
    const next = familyOf(aggregate.blocks(NOW_MS + 315_000, 'late'), 'llm_cost_total');
    expect([next.get(ACME_INPUT), next.get(GLOBEX_INPUT)]).toEqual([INPUT_NANO_USD, 0]);
  });

  it('is shown with its value to who is no scraper, and that changes nothing for scrapers', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    expect(costsSeenBy(aggregate, undefined).get(ACME_INPUT)).toBe(INPUT_NANO_USD);
    expect(costsSeenBy(aggregate, 'a').get(ACME_INPUT)).toBe(0);
  });

  it('keeps its 0 while that scrape is being written', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    const blocks = aggregate.blocks(NOW_MS, 'a');
    const lengths = blocks.slice(0, 8).map((block) => block.length);
    aggregate.record(callOf('acme'));
    aggregate.record(callOf('globex'));
    expect(familyOf(blocks, 'llm_cost_total')).toEqual(
      new Map([
        [ACME_INPUT, 0],
        [ACME_OUTPUT, 0],
      ]),
    );
    expect(blocks.slice(0, 8).map((block) => block.length)).toEqual(lengths);
  });

  it('of a gauge is shown with its value', () => {
    const aggregate = newAggregate();
    aggregate.record(callOf('acme'));
    const blocks = aggregate.blocks(NOW_MS, 'a');
    const cost = INPUT_NANO_USD + OUTPUT_NANO_USD;
    expect([...familyOf(blocks, 'llm_cost_rate_usd_per_hour').values()]).toEqual([cost]);
    expect([...familyOf(blocks, 'llm_cost_month_to_date_usd').values()]).toEqual([
      INPUT_NANO_USD + OUTPUT_NANO_USD,
    ]);
  });
});

describe('a restored counter series', () => {
  it('is shown with its value at once: its scraper knows it from before the restart', () => {
    const aggregate = newAggregate();
    aggregate.restore(totalsOf([callOf('acme')]));
    aggregate.record(callOf('globex'));
    const seen = costsSeenBy(aggregate, 'a');
    expect([seen.get(ACME_INPUT), seen.get(GLOBEX_INPUT)]).toEqual([INPUT_NANO_USD, 0]);
    expect(costsSeenBy(aggregate, 'a').get(GLOBEX_INPUT)).toBe(INPUT_NANO_USD);
  });
});

it('remembers many scrapers, and forgets the one unseen for longest', () => {
  const aggregate = newAggregate();
  aggregate.record(callOf('acme'));
  for (let i = 0; i < 32; i++) costsSeenBy(aggregate, `scraper-${i}`);
  expect(costsSeenBy(aggregate, 'scraper-0').get(ACME_INPUT)).toBe(INPUT_NANO_USD);
  costsSeenBy(aggregate, 'one more');
  expect(costsSeenBy(aggregate, 'scraper-0').get(ACME_INPUT)).toBe(INPUT_NANO_USD);
  expect(costsSeenBy(aggregate, 'scraper-1').get(ACME_INPUT)).toBe(0);
});

/** Adds up increases as Prometheus does: the first sample of a series is where it starts, not an increase. */
class Scraper {
  readonly #last = new Map<string, number>();
  readonly #increases = new Map<string, number>();

  see(series: ReadonlyMap<string, number>): void {
    for (const [name, value] of series) {
      const last = this.#last.get(name) ?? value;
      if (value < last) throw new Error(`${name} decreases from ${last} to ${value}`);
      const family = name.slice(0, name.indexOf(' '));
      this.#increases.set(family, (this.#increases.get(family) ?? 0) + value - last);
      this.#last.set(name, value);
    }
    for (const name of this.#last.keys()) if (!series.has(name)) throw new Error(`${name} is gone`);
  }

  increaseOf(family: string): number {
    return this.#increases.get(family) ?? 0;
  }
}

/** What the charges add up to in families whose sum says something. */
function sumsOf(charges: readonly Charge[]): Record<string, number> {
  const sums = {
    llm_cost_total: 0,
    llm_tokens_total: 0,
    llm_requests_total: 0,
    llm_unpriced_requests_total: 0,
    llm_request_duration_seconds_count: 0,
  };
  for (const { event, price } of charges) {
    const { quantities, dimensions, latencyMs } = event;
    sums.llm_tokens_total += quantities.slice(0, 11).reduce((sum, count) => sum + count, 0);
    if (dimensions.category === 'api_external') sums.llm_requests_total += 1;
    if (price.kind === 'priced') sums.llm_cost_total += price.costNanoUsd;
    else sums.llm_unpriced_requests_total += 1;
    if (latencyMs !== undefined) sums.llm_request_duration_seconds_count += 1;
  }
  return sums;
}

const COUNTERS = /_total /;
const COUNTERS_AND_HISTOGRAMS = /_total |_duration_seconds/;

it('lets the increases that any scraper sees add up to the charges, with anything between the scrapes and a restart', () => {
  const counters = (aggregate: Aggregate, scraper: string, families: RegExp) =>
    new Map([...seriesOf(aggregate.blocks(NOW_MS, scraper))].filter(([name]) => families.test(name)));
  fc.assert(
    fc.property(
      randomCharges({ maxLength: 15 }),
      randomCharges({ maxLength: 40 }),
      fc.array(
        fc.record({ charges: fc.integer({ min: 0, max: 6 }), scraper: fc.constantFrom('a', 'b', 'c') }),
        { maxLength: 20 },
      ),
      fc.integer({ min: 1, max: 6 }),
      (before, charges, steps, labelSets) => {
        const scrapers = new Map(['a', 'b', 'c'].map((name) => [name, new Scraper()]));
        const old = newAggregate(labelSets);
        for (const charge of before) old.record(charge);
        for (const [name, scraper] of scrapers) {
          scraper.see(counters(old, name, COUNTERS));
          scraper.see(counters(old, name, COUNTERS));
        }

        const aggregate = newAggregate(labelSets);
        aggregate.restore(totalsOf(before));
        let next = 0;
        for (const step of steps) {
          for (let i = 0; i < step.charges && next < charges.length; i++) aggregate.record(charges[next++]!);
          scrapers.get(step.scraper)!.see(counters(aggregate, step.scraper, COUNTERS_AND_HISTOGRAMS));
        }

        const sums = sumsOf([...before, ...charges.slice(0, next)]);
        // Durations begin anew with the process.
        sums.llm_request_duration_seconds_count = sumsOf(charges.slice(0, next))
          .llm_request_duration_seconds_count!;
        for (const [name, scraper] of scrapers) {
          scraper.see(counters(aggregate, name, COUNTERS_AND_HISTOGRAMS));
          scraper.see(counters(aggregate, name, COUNTERS_AND_HISTOGRAMS));
          for (const [family, sum] of Object.entries(sums))
            expect(scraper.increaseOf(family), `${family} seen by ${name}`).toBe(sum);
        }
      },
    ),
    { numRuns: 150 },
  );
});
