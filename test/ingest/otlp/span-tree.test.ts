import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../../exporter/app/index.ts';
import { usageCounters } from '../../e2e/support/exposition.ts';
import { exposition, openApp } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';
import {
  type Attributes,
  briefly,
  encodeTraces,
  type GivenSpan,
  JSON_TYPE,
  type JsonSpan,
  PROTOBUF,
  read,
  readJson,
  spanOf,
  tracesOf,
  tracesSource,
} from './traces-given.ts';

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};
const used = (input: number): Attributes => ({ ...CALL, 'gen_ai.usage.input_tokens': input });
const doing = (operation: string, input?: number): Attributes => ({
  'gen_ai.operation.name': operation,
  ...(input !== undefined && { 'gen_ai.usage.input_tokens': input }),
});

/** What becomes of the spans of one request after another, in either encoding. */
function outcomesOf(...requests: readonly (readonly GivenSpan[])[]): unknown[] {
  const jsonSource = tracesSource();
  const wireSource = tracesSource();
  return requests.flatMap((spans) => {
    const request = tracesOf(spans.map(spanOf));
    const outcomes = readJson(jsonSource, request);
    expect(read(wireSource, encodeTraces(request), PROTOBUF)).toEqual(outcomes);
    return briefly(outcomes).map((outcome) =>
      typeof outcome === 'object' ? (outcome as { input?: number }).input : outcome,
    );
  });
}

describe('usage is counted once', () => {
  test('where a framework and a client library both tell of a call', () => {
    const framework: GivenSpan = { id: 'a', attributes: { ...used(100), 'llm.request.type': 'chat' } };
    const client: GivenSpan = { id: 'b', parent: 'a', attributes: used(100) };
    expect(outcomesOf([framework, client])).toEqual(['sum_of_others', 100]);
    expect(outcomesOf([client, framework])).toEqual([100, 'sum_of_others']);
    expect(outcomesOf([client], [framework])).toEqual([100, 'sum_of_others']);
    expect(outcomesOf([framework], [client])).toEqual([100, 'sum_of_others']);
  });

  test('where the request that told of it first could not be stored', () => {
    const framework = spanOf({ id: 'a', attributes: used(100) });
    const client = spanOf({ id: 'b', parent: 'a', attributes: used(100) });
    const source = tracesSource();
    const lost = readJson(source, tracesOf([framework]));
    expect(briefly(lost)).toMatchObject([{ input: 100 }]);
    source.settled?.(lost, false);
    const told = readJson(source, tracesOf([client]));
    source.settled?.(told, true);
    const again = readJson(source, tracesOf([framework]));
    expect(briefly([...told, ...again])).toMatchObject([{ input: 100 }, 'sum_of_others']);
  });

  test('where spans that are no calls lie in between', () => {
    const outer: GivenSpan = { id: 'a', attributes: used(100) };
    const between: GivenSpan = { id: 'b', parent: 'a', attributes: { 'http.route': '/' } };
    const inner: GivenSpan = { id: 'c', parent: 'b', attributes: used(100) };
    expect(outcomesOf([outer, between, inner])).toEqual(['sum_of_others', 100]);
    expect(outcomesOf([inner, between, outer])).toEqual([100, 'sum_of_others']);
    expect(outcomesOf([inner], [between], [outer])).toEqual([100, 'sum_of_others']);
    expect(outcomesOf([inner], [outer], [between])).toEqual([100, 100]);
    expect(outcomesOf([between], [outer], [inner])).toEqual([100, 'sum_of_others']);
  });

  test('where an agent sums up the calls of its steps', () => {
    const spans: GivenSpan[] = [
      { id: 'a', attributes: doing('invoke_agent', 300) },
      { id: 'b', parent: 'a', attributes: doing('agent_step', 100) },
      { id: 'c', parent: 'b', attributes: used(100) },
      { id: 'd', parent: 'a', attributes: used(200) },
    ];
    expect(outcomesOf(spans)).toEqual(['sum_of_others', 'sum_of_others', 100, 200]);
    expect(outcomesOf([spans[0]!], [spans[3]!], [spans[1]!], [spans[2]!])).toEqual([
      'sum_of_others',
      200,
      'sum_of_others',
      100,
    ]);
  });

  test('where the outer span of a call has no usage', () => {
    const outer: GivenSpan = { id: 'a', attributes: CALL };
    expect(outcomesOf([outer, { parent: 'a', attributes: used(5) }])).toEqual(['sum_of_others', 5]);
    expect(outcomesOf([outer, { parent: 'a', attributes: CALL }])).toEqual([
      'sum_of_others',
      'usage_missing',
    ]);
    expect(outcomesOf([{ parent: 'a', attributes: CALL }], [outer])).toEqual([
      'usage_missing',
      'sum_of_others',
    ]);
  });
});

describe('usage of its own is counted', () => {
  test('above and below a tool that makes calls itself', () => {
    const spans: GivenSpan[] = [
      { id: 'a', attributes: used(100) },
      { id: 'b', parent: 'a', attributes: doing('execute_tool') },
      { id: 'c', parent: 'b', attributes: used(7) },
    ];
    expect(outcomesOf(spans)).toEqual([100, 7]);
    expect(outcomesOf([spans[2]!], [spans[1]!], [spans[0]!])).toEqual([7, 100]);
  });

  test('above a call that has none or contradicts itself', () => {
    const outer: GivenSpan = { id: 'a', attributes: used(100) };
    const contradiction = { ...used(1), 'gen_ai.usage.cache_read.input_tokens': 5 };
    expect(outcomesOf([outer, { parent: 'a', attributes: CALL }])).toEqual([100, 'usage_missing']);
    expect(outcomesOf([outer, { parent: 'a', attributes: contradiction }])).toEqual([
      100,
      'inconsistent_usage',
    ]);
  });

  test('of spans beside each other, of other traces, and of one that is its own parent', () => {
    const other = 'f'.repeat(32);
    expect(
      outcomesOf([
        { id: 'a', parent: 'z', attributes: used(1) },
        { id: 'b', parent: 'z', attributes: used(2) },
        { id: 'c', parent: 'a', trace: other, attributes: used(3) },
      ]),
    ).toEqual([1, 2, 3]);
    expect(outcomesOf([{ id: 'a', parent: 'a', attributes: used(4) }])).toEqual([4]);
    expect(
      outcomesOf([
        { id: 'a', parent: 'b', attributes: {} },
        { id: 'b', parent: 'a', attributes: {} },
      ]),
    ).toEqual([]);
  });
});

test('what was counted long ago is forgotten: the memory is of a fixed size', () => {
  const source = tracesSource();
  const pairs = ['a', 'b', 'c', 'd'];
  const inner = tracesOf(pairs.map((id) => spanOf({ id: `${id}1`, parent: `${id}0`, attributes: used(5) })));
  const outer = tracesOf(pairs.map((id) => spanOf({ id: `${id}0`, attributes: used(5) })));
  const counted = pairs.map(() => ({ input: 5, request: 1 }));
  const marker = 'ab'.repeat(15);
  const others = encodeTraces(
    tracesOf(
      Array.from({ length: 20_000 }, (_, i) =>
        spanOf({ id: `${i + 1}`, trace: `${marker}00`, attributes: {} }),
      ),
    ),
  );
  let traces = 0;
  const readOthers = () => {
    traces += 1;
    const pattern = Buffer.from(marker, 'hex');
    for (let at = others.indexOf(pattern); at >= 0; at = others.indexOf(pattern, at + 16))
      others[at + 15] = traces;
    read(source, others, PROTOBUF);
  };
  expect(briefly(readJson(source, inner))).toEqual(counted);
  for (let i = 0; i < 3; i++) readOthers();
  expect(briefly(readJson(source, outer))).toEqual(pairs.map(() => 'sum_of_others'));
  for (let i = 0; i < 5; i++) readOthers();
  expect(briefly(readJson(source, outer))).toEqual(counted);
});

/** Traces of agents, tools and doubly instrumented calls, whose sums are right. */
const anyTrace = fc
  .record({
    trace: fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
    steps: fc.array(
      fc.record({
        input: fc.integer({ min: 0, max: 10_000 }),
        isDouble: fc.boolean(),
        inTool: fc.boolean(),
        hasResponseId: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ trace, steps }) => {
    const total = steps.reduce((sum, { input }) => sum + input, 0);
    const spans: JsonSpan[] = [spanOf({ id: 'a', trace, attributes: doing('invoke_agent', total) })];
    steps.forEach(({ input, isDouble, inTool, hasResponseId }, i) => {
      const attributes = {
        ...used(input),
        'server.address': 'api.openai.com',
        ...(hasResponseId && { 'gen_ai.response.id': `chatcmpl-${trace}-${i}` }),
      };
      if (inTool) spans.push(spanOf({ id: `${i}f`, parent: 'a', trace, attributes: doing('execute_tool') }));
      const parent = inTool ? `${i}f` : 'a';
      spans.push(spanOf({ id: `${i}b`, parent, trace, attributes }));
      if (isDouble) spans.push(spanOf({ id: `${i}c`, parent: `${i}b`, trace, attributes }));
    });
    return { spans, total, calls: steps.length };
  });

/** Sends requests as a tenant of its own, and gives its series. No two runs have a trace in common. */
async function totalsOf(app: App, run: number, requests: readonly (readonly JsonSpan[])[]) {
  const tenant = `run-${run}`;
  const prefix = run.toString(16).padStart(8, '0');
  for (const [i, spans] of requests.entries()) {
    const own = spans.map((span) => ({ ...span, traceId: `${prefix}${span.traceId.slice(8)}` }));
    const request = tracesOf(own, { resource: { 'tenant.id': tenant } });
    const isProtobuf = i % 2 === 0;
    await app.ingest('otlp_traces', {
      body: isProtobuf ? encodeTraces(request) : Buffer.from(JSON.stringify(request)),
      contentType: isProtobuf ? PROTOBUF : JSON_TYPE,
      provider: '',
      attributes: {},
    });
  }
  return new Map(
    [...usageCounters(await exposition(app))]
      .filter(([series]) => series.includes(`"${tenant}"`))
      .map(([series, value]) => [series.replace(tenant, 'run'), value]),
  );
}

test('any order, repetition and batching of the same spans comes to the same', async () => {
  const app = await openApp(tempDir());
  onTestFinished(() => app.close());
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTrace, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 6 }),
      async (traces, numbers, batches) => {
        const next = () => numbers.next().value as number;
        const spans = traces.flatMap((trace) => trace.spans);
        const again = spans.filter(() => next() % 3 === 0);
        const shuffled = [...spans, ...again]
          .map((span) => ({ span, at: next() }))
          .sort((a, b) => a.at - b.at)
          .map(({ span }) => span);
        const requests = Array.from({ length: batches }, (_, i) =>
          shuffled.filter((_span, at) => at % batches === i),
        );
        const expected = await totalsOf(app, ++run, [spans]);
        const input = [...expected].find(([series]) => /^llm_tokens_total.*token_type="input"/.test(series));
        expect(input?.[1]).toBe(traces.reduce((sum, { total }) => sum + total, 0));
        expect(await totalsOf(app, ++run, requests)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});
