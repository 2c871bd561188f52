import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { decodeTraces } from '../../../scripts/bench/otlp-protobuf.ts';
import { anyTraces } from './arbitrary-traces.ts';
import {
  briefly,
  encodeTraces,
  JSON_TYPE,
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

test('a request is the same in protobuf, as protobufjs reads it, and in JSON', () => {
  const wire = tracesSource();
  const decoded = tracesSource();
  const json = tracesSource();
  let events = 0;
  fc.assert(
    fc.property(anyTraces, (request) => {
      const body = encodeTraces(request);
      const outcomes = read(wire, body, PROTOBUF);
      expect(readJson(json, request)).toEqual(outcomes);
      expect(readJson(decoded, decodeTraces(body))).toEqual(outcomes);
      events += outcomes.filter(({ kind }) => kind === 'event').length;
    }),
    { numRuns: 400 },
  );
  expect(events).toBeGreaterThan(100);
});

test('64-bit integers in JSON are texts or numbers, ids hex of any case, and what is unknown is ignored', () => {
  const span = {
    ...spanOf({ id: 'abcdef', attributes: CALL }),
    spanId: '0000000000ABCDEF',
    startTimeUnixNano: 1_795_255_138_000_000_000,
    droppedEventsCount: 3,
    events: [{ name: 'gen_ai.choice', attributes: [{ key: 'x', value: { stringValue: 'y' } }] }],
    attributes: [
      ...spanOf({ attributes: CALL }).attributes!,
      { key: 'gen_ai.usage.input_tokens', value: { intValue: 12 } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '3' } },
      { key: 'gen_ai.usage.reasoning_tokens', value: { bytesValue: 'AAAA' } },
      { key: 'gen_ai.request.model' },
      null,
      7,
    ],
  };
  const request = { resourceSpans: [null, { scopeSpans: [{ spans: [5, span] }], schemaUrl: '' }], extra: {} };
  expect(read(tracesSource(), Buffer.from(JSON.stringify(request)), JSON_TYPE)).toMatchObject([
    {
      event: { id: expect.stringMatching(/:0000000000abcdef$/), quantities: expect.arrayContaining([12, 3]) },
    },
  ]);
});

test.each(['[]', '"text"', 'null', '7', '{', ''])('%s is no request in JSON', (text) => {
  expect(() => read(tracesSource(), Buffer.from(text), JSON_TYPE)).toThrow(
    expect.objectContaining({ code: 'invalid_json' }),
  );
});

test('texts that are alike in length and at both ends are told apart', () => {
  const models = Array.from({ length: 10 }, (_, i) => `m${i}-model-x`);
  const spans = [...models, ...models].map((model) =>
    spanOf({ attributes: { ...CALL, 'gen_ai.request.model': model, 'gen_ai.usage.input_tokens': 1 } }),
  );
  expect(read(tracesSource(), encodeTraces(tracesOf(spans)), PROTOBUF)).toMatchObject(
    [...models, ...models].map((model) => ({ event: { dimensions: { model } } })),
  );
});

test('an empty request is one', () => {
  expect(read(tracesSource(), Buffer.alloc(0), PROTOBUF)).toEqual([]);
  expect(read(tracesSource(), Buffer.from('{}'), JSON_TYPE)).toEqual([]);
});

const LENGTH_DELIMITED = 2;
const field = (number: number, content: Uint8Array) =>
  protobuf.Writer.create()
    .uint32((number << 3) | LENGTH_DELIMITED)
    .bytes(content)
    .finish();
const text = (number: number, content: string) => field(number, Buffer.from(content));
const varint = (number: number, value: number) =>
  protobuf.Writer.create()
    .uint32(number << 3)
    .int64(value)
    .finish();

test('fields may come in any order, twice, and with unknown ones in between', () => {
  const attribute = (key: string, value: Uint8Array) =>
    field(9, Buffer.concat([field(2, value), text(1, key)]));
  const unknown = Buffer.concat([
    varint(200, 300),
    text(100, 'something new'),
    protobuf.Writer.create()
      .uint32((101 << 3) | 1)
      .fixed64(7)
      .finish(),
    protobuf.Writer.create()
      .uint32((102 << 3) | 5)
      .fixed32(7)
      .finish(),
  ]);
  const given = spanOf({ attributes: {} });
  const plain = decodeSpan(encodeTraces(tracesOf([given])));
  const span = Buffer.concat([
    attribute('gen_ai.usage.input_tokens', Buffer.concat([text(1, 'no number'), varint(3, 40), unknown])),
    unknown,
    attribute('gen_ai.operation.name', text(1, 'chat')),
    plain,
    field(
      9,
      Buffer.concat([text(1, 'a first key'), text(1, 'gen_ai.usage.output_tokens'), field(2, varint(3, 2))]),
    ),
    field(9, text(1, 'a key without value')),
    field(9, Buffer.alloc(0)),
  ]);
  // The spans before their scope, the scopes before their resource.
  const scope = Buffer.concat([field(2, span), unknown, field(1, text(1, 'late'))]);
  const resource = field(1, Buffer.concat([text(1, 'tenant.id'), field(2, text(1, 'acme'))]));
  const body = field(1, Buffer.concat([field(2, scope), field(1, resource), unknown]));
  const outcomes = read(tracesSource(), body, PROTOBUF);
  expect(briefly(outcomes)).toEqual([{ input: 40, output: 2, request: 1 }]);
  expect(outcomes).toMatchObject([{ event: { dimensions: { tenant_id: 'acme' } } }]);
  expect(readJson(tracesSource(), decodeTraces(body))).toEqual(outcomes);
});

/** The only span of a request, as its bytes. */
function decodeSpan(request: Uint8Array): Uint8Array {
  let content = request;
  for (const wanted of [1, 2, 2]) {
    const reader = protobuf.Reader.create(content);
    let found: Uint8Array | undefined;
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === ((wanted << 3) | LENGTH_DELIMITED)) found = reader.bytes();
      else reader.skipType(tag & 7);
    }
    content = found!;
  }
  return content;
}
