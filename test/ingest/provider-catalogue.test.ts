import { extractUsage, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { COUNT_NAMES, compileExtractor } from '../../exporter/ingest/provider/compile-extractor.ts';
import { inclusive } from '../support/recorded-responses.ts';
import { eventOf, metersOf, NOW_MS } from './provider-given.ts';
import { PROVIDER_SHAPES } from './provider-shapes.ts';

const catalogue = ((await waitForUpdate()) ?? []).filter((provider) => provider.extractors?.length);
const flavorsOf = ({ extractors = [] }: Provider) => extractors.map((extractor) => extractor.api_flavor);

/** Pages, and seconds of a call: quantities that no meter counts. */
const WITHOUT_METER = new Set(['mistral ocr', 'mistral ocr_annotated', 'x-ai realtime']);

const rows = PROVIDER_SHAPES.map((shape) => [`${shape.provider}: ${shape.api}`, shape] as const);
const beside = { model: 'named-beside', timestamp: String(NOW_MS / 1000) };

test('every provider of the catalogue has a fixture, and no other', () => {
  const covered = new Set(PROVIDER_SHAPES.map(({ provider }) => provider));
  expect([...covered].sort()).toEqual(catalogue.map(({ id }) => id).sort());
});

test('every format of a provider that the catalogue reads is one of its fixtures', () => {
  const unread = catalogue.flatMap((provider) => {
    const own = PROVIDER_SHAPES.filter((shape) => shape.provider === provider.id);
    return flavorsOf(provider).filter((flavor) => {
      return (
        !WITHOUT_METER.has(`${provider.id} ${flavor}`) &&
        !own.some(({ body }) => isReadBy(provider, flavor, body))
      );
    });
  });
  expect(unread).toEqual([]);
});

function isReadBy(provider: Provider, flavor: string, body: unknown): boolean {
  try {
    extractUsage(provider, body, flavor);
    return true;
  } catch {
    return false;
  }
}

describe('a response is what its provider documents', () => {
  test.each(rows)('%s', (_, { provider, body, meters }) => {
    expect(metersOf(eventOf('response', provider, body, beside))).toEqual(meters);
  });
});

describe('a streamed response is the same call', () => {
  test.each(rows.filter(([, { stream }]) => stream !== undefined))('%s', (_, { provider, body, stream }) => {
    const { id: plainId, ...plain } = eventOf('response', provider, body, beside);
    const { id: streamedId, ...streamed } = eventOf('stream', provider, stream, beside);
    expect(streamed).toEqual(plain);
    // An answer that has an id of its own has it in either form.
    if (plainId.startsWith('call-')) expect(streamedId).toBe(plainId);
  });

  test('but those that are not streamed', () => {
    const whole = PROVIDER_SHAPES.filter(({ stream }) => stream === undefined).map(({ api }) => api);
    expect(new Set(whole)).toEqual(new Set(['embeddings', 'embed', 'usage events', 'realtime', 'default']));
  });
});

/** Fixtures of which the catalogue reads less than the provider's documentation says. */
const READ_BETTER = new Map([
  ['google: chat completions', 'the thoughts are in the total alone'],
  ['perplexity: chat completions', 'citations are billed as input'],
  ['cohere: v1 chat', 'the only format with these units is that of the embeddings, without an output'],
  [
    'aws: responses',
    'the only format with these names is that of the messages, which counts the cache apart',
  ],
]);

describe('a response is what the catalogue reads in it', () => {
  test.each(rows)('%s', (name, { provider, body, meters }) => {
    const known = catalogue.find(({ id }) => id === provider)!;
    const ours = inclusive(eventOf('response', provider, body, beside).quantities);
    const readings = flavorsOf(known)
      .filter((flavor) => isReadBy(known, flavor, body))
      .map((flavor) => extractUsage(known, body, flavor).usage as Record<string, number | undefined>);
    const agree = readings.some((usage) =>
      [
        'input_tokens',
        'cache_read_tokens',
        'cache_write_tokens',
        'output_tokens',
        'output_reasoning_tokens',
      ].every((count) => (usage[count] ?? 0) === ours[count]),
    );
    const isRelayed = readings.length === 0;
    expect({ agree, meters }).toEqual({ agree: !isRelayed && !READ_BETTER.has(name), meters });
  });
});

test('compiled extractors read what the library reads', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const flavors = catalogue.flatMap((provider) =>
    (provider.extractors ?? []).map((extractor) => ({
      provider,
      extractor,
      compiled: compileExtractor(extractor),
    })),
  );
  const interpreted = flavors.filter(({ compiled }) => compiled === undefined);
  expect(interpreted.map(({ provider, extractor }) => `${provider.id} ${extractor.api_flavor}`)).toEqual([]);
  let read = 0;
  fc.assert(
    fc.property(fc.nat(flavors.length - 1), fc.infiniteStream(fc.nat(4)), (index, choices) => {
      const flavor = flavors[index]!;
      const body = bodyFor(flavor.extractor, () => choices.next().value);
      const ours = flavor.compiled!(body);
      // Undefined: the library is asked, for its counts or its message.
      if (ours === undefined) return;
      read += 1;
      const theirs = extractUsage(flavor.provider, body, flavor.extractor.api_flavor).usage;
      for (const name of COUNT_NAMES) expect([name, ours[name]]).toEqual([name, theirs[name] ?? 0]);
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(1000);
  warn.mockRestore();
});

type Extractor = NonNullable<Provider['extractors']>[number];
type Key = Exclude<Extractor['root'], string>[number];

/** A body with figures, or something else, at the places that an extractor looks at. */
function bodyFor({ root, mappings }: Extractor, choose: () => number): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const usage: Record<string, unknown> = {};
  for (const { path } of mappings) {
    const choice = choose();
    if (choice === 0) continue;
    put(usage, typeof path === 'string' ? [path] : path, choice === 1 ? ODD[choose()] : choose() * 7);
  }
  put(body, typeof root === 'string' ? [root] : root, usage);
  return body;
}

/** Negative figures are refused before. */
const ODD = [null, '7', true, 1.5, { nested: 1 }];

function put(into: Record<string, unknown>, [key, next, ...rest]: readonly Key[], value: unknown): void {
  if (typeof key !== 'string') return;
  if (next === undefined) into[key] = value;
  else if (typeof next === 'string') {
    const inner = into[key];
    const target = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
    into[key] = target;
    put(target as Record<string, unknown>, [next, ...rest], value);
  } else {
    const list = Array.isArray(into[key]) ? (into[key] as unknown[]) : [];
    into[key] = list;
    const item: Record<string, unknown> = {
      [next.field]: 'equals' in next.match ? next.match.equals : '',
    };
    list.push(null, item);
    put(item, rest, value);
  }
}
