import fc from 'fast-check';
import { GENAI_KEYS } from '../../../exporter/ingest/otlp/attributes/attribute-keys.ts';
import { NOW_MS } from '../../support/charges.ts';
import type { AnyValue, JsonSpan, JsonTraces, KeyValue } from './traces-given.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));
/** Few of them, so that spans are each other's parents. */
const spanId = fc.oneof(fc.constantFrom('00000000000000a1', '00000000000000a2', '00000000000000a3'), hex(8));
const traceId = fc.constantFrom('5b8aa5a2d2c872e8321cf37308d69df2', '7bba9f33312b3dbb8b2c2c62bb7abe2d');

const text = fc.oneof(
  fc.constantFrom('chat', 'openai', 'gpt-4o', 'LLM', 'ai.generateText.doGenerate', 'invoke_agent', 'USD', ''),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);
const count = fc.oneof(
  fc.nat({ max: 2000 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
);

const anyValue: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue): AnyValue => ({ stringValue })),
    count.map((intValue): AnyValue => ({ intValue })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue): AnyValue => ({ doubleValue })),
    fc.boolean().map((boolValue): AnyValue => ({ boolValue })),
    fc.array(tie('value'), { maxLength: 3 }).map((values): AnyValue => ({ arrayValue: { values } })),
    fc
      .array(tie('value'), { maxLength: 2 })
      .map((values): AnyValue => ({ kvlistValue: { values: values.map((value) => ({ key: 'k', value })) } })),
  ),
})).value;

const attribute: fc.Arbitrary<KeyValue> = fc.oneof(
  fc.record({ key: fc.constantFrom(...GENAI_KEYS.map(({ key }) => key)), value: anyValue }),
  fc.record({
    key: fc.constantFrom('gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'),
    value: fc.nat({ max: 5000 }).map((tokens) => ({ intValue: String(tokens) })),
  }),
  fc.record(
    { key: fc.oneof(fc.constantFrom('tenant.id', 'user.id', 'service.name'), fc.string()), value: anyValue },
    { requiredKeys: ['key'] },
  ),
);
const attributes = fc.array(attribute, { maxLength: 12 });

const nanos = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .integer({ min: -3_600_000, max: 0 })
      .map((ms) => `${BigInt(NOW_MS + ms) * 1_000_000n + 999_999n}`),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) },
);

/** Usage that holds together, with a few more attributes of which some contradict it. */
const call = fc
  .tuple(
    fc.constantFrom('openai', 'anthropic', 'aws.bedrock', 'openai.chat'),
    fc.nat({ max: 5000 }),
    fc.nat({ max: 5000 }),
    fc.array(attribute, { maxLength: 2 }),
  )
  .map(([provider, cached, rest, more]): KeyValue[] => [
    { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
    { key: 'gen_ai.system', value: { stringValue: provider } },
    { key: 'gen_ai.response.model', value: { stringValue: 'a-model' } },
    { key: 'gen_ai.usage.input_tokens', value: { intValue: String(cached + rest) } },
    { key: 'gen_ai.usage.cache_read.input_tokens', value: { doubleValue: cached } },
    ...more,
  ]);

const span: fc.Arbitrary<JsonSpan> = fc.record(
  {
    traceId: fc.oneof(traceId, hex(4)),
    spanId,
    parentSpanId: spanId,
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes: fc.oneof(attributes, call),
    status: fc.record({ code: fc.integer({ min: 0, max: 3 }), message: text }, { requiredKeys: [] }),
  },
  { requiredKeys: ['traceId', 'spanId', 'endTimeUnixNano'] },
);

/** Requests of spans with attributes that mean something to us, and values of every kind. */
export const anyTraces: fc.Arbitrary<JsonTraces> = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes }),
        scopeSpans: fc.array(
          fc.record(
            {
              scope: fc.record({ name: fc.constantFrom('ai', 'test', '@openlit/instrumentation-anthropic') }),
              spans: fc.array(span, { maxLength: 5 }),
            },
            { requiredKeys: ['spans'] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ['scopeSpans'] },
    ),
    { maxLength: 3 },
  ),
});
