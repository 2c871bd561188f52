import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import { fixedBlock } from '../../exporter/domain/samples.ts';
import type { Family } from '../../exporter/publish/catalogue.ts';
import { promClientBlocks } from '../../exporter/publish/prom-client-blocks.ts';
import { type ParsedFamily, parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

/** prom-client joins label values with these to tell series apart; NUL is the one character that we replace. */
const labelText = fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.replace(/[:,\0]/g, '_'));
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/).map((text) => `x_${text}`);
const labelName = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((text) => text !== 'le');
const anyValue = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.nat(1000));

interface Drawn {
  readonly family: Family;
  readonly rows: readonly (readonly [readonly string[], number])[];
  /** The rows are handed over as two blocks, cut here. */
  readonly cut: number;
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    name,
    type: fc.constantFrom('counter' as const, 'gauge' as const),
    help: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    labels: fc.uniqueArray(labelName, { maxLength: 4 }),
  })
  .chain(({ type, ...rest }) =>
    fc.record({
      family: fc.constant({ ...rest, name: type === 'counter' ? `${rest.name}_total` : rest.name, type }),
      rows: fc.uniqueArray(
        fc.tuple(
          fc.array(labelText, { minLength: rest.labels.length, maxLength: rest.labels.length }),
          type === 'counter' ? fc.double({ min: 0, max: 1e300, noNaN: true }) : anyValue,
        ),
        { minLength: 1, maxLength: 20, selector: ([labels]) => labels.join('\0') },
      ),
      cut: fc.nat(20),
    }),
  );

async function fromPromClient(families: readonly Drawn[]): Promise<string> {
  const registry = new Registry();
  for (const { family, rows } of families) {
    const options = {
      name: family.name,
      help: family.help,
      labelNames: [...family.labels],
      registers: [registry],
    };
    const labelsOf = (values: readonly string[]) =>
      Object.fromEntries(family.labels.map((label, i) => [label, values[i] ?? '']));
    if (family.type === 'counter') {
      const counter = new Counter(options);
      for (const [labels, value] of rows) counter.inc(labelsOf(labels), value);
    } else {
      const gauge = new Gauge(options);
      for (const [labels, value] of rows) gauge.set(labelsOf(labels), value);
    }
  }
  return registry.metrics();
}

/** Order and empty labels mean nothing; `le` is a number. */
function comparable(families: Map<string, ParsedFamily>) {
  return [...families.values()]
    .map(({ samples, ...metadata }) => ({
      ...metadata,
      samples: samples
        .map(({ name: sampleName, labels, value }) =>
          JSON.stringify([
            sampleName,
            Object.entries(labels)
              .filter(([, text]) => text !== '')
              .map(([label, text]) => [label, label === 'le' ? String(Number(text)) : text])
              .sort(),
            Object.is(value, -0) ? '0' : String(value),
          ]),
        )
        .sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe('the same series written by prom-client', () => {
  test('reads the same, for counters and gauges', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(drawn, { minLength: 1, maxLength: 5, selector: ({ family }) => family.name }),
        async (families) => {
          const blocks = families.flatMap(({ family, rows, cut }): SampleBlock[] => [
            fixedBlock(family.name, rows.slice(0, cut)),
            fixedBlock(family.name, rows.slice(cut)),
          ]);
          const foreign = new Map(families.map(({ family }) => [family.name, family]));
          const ours = parseExposition(await scrape(blocks, 'text', foreign));
          // Node replaces a lone surrogate when it sends prom-client's string.
          const theirText = (await fromPromClient(families)).toWellFormed();
          expect(comparable(ours)).toEqual(comparable(parseExposition(theirText, { blankLines: true })));
        },
      ),
    );
  });

  test('reads the same, for histograms', async () => {
    const observations = fc.array(fc.tuple(labelText, fc.double({ min: -10, max: 100, noNaN: true })), {
      minLength: 1,
      maxLength: 20,
    });
    const buckets = fc
      .uniqueArray(fc.double({ min: 1e-7, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 8 })
      .map((bounds) => bounds.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(observations, buckets, async (observed, bounds) => {
        const registry = new Registry();
        const histogram = new Histogram({
          name: 'x_seconds',
          help: 'x',
          labelNames: ['l'],
          buckets: bounds,
          registers: [registry],
        });
        for (const [l, value] of observed) histogram.observe({ l }, value);
        const { blocks, foreign } = promClientBlocks(await registry.getMetricsAsJSON());
        const ours = parseExposition(await scrape(blocks, 'text', foreign));
        const theirs = parseExposition((await registry.metrics()).toWellFormed(), { blankLines: true });
        expect(comparable(ours)).toEqual(comparable(theirs));
      }),
    );
  });
});
