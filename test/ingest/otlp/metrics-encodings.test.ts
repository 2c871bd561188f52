import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { CUMULATIVE, type GivenPoint, ingest, metricsApp, nanos, requestOf } from './metrics-given.ts';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const point = {
  startTimeUnixNano: { type: 'fixed64', id: 2 },
  timeUnixNano: { type: 'fixed64', id: 3 },
};
/** What metric requests are made of, as the protocol's own files describe it: the oracle for our reader. */
const ExportRequest = protobuf.Root.fromJSON({
  nested: {
    AnyValue: { fields: { stringValue: { type: 'string', id: 1 }, intValue: { type: 'int64', id: 3 } } },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    Resource: { fields: { attributes: repeated('KeyValue', 1) } },
    Scope: { fields: { name: { type: 'string', id: 1 } } },
    NumberPoint: {
      oneofs: { value: { oneof: ['asDouble', 'asInt'] } },
      fields: {
        attributes: repeated('KeyValue', 7),
        ...point,
        asDouble: { type: 'double', id: 4 },
        asInt: { type: 'sfixed64', id: 6 },
        flags: { type: 'uint32', id: 8 },
      },
    },
    HistogramPoint: {
      oneofs: { _sum: { oneof: ['sum'] } },
      fields: {
        attributes: repeated('KeyValue', 9),
        ...point,
        count: { type: 'fixed64', id: 4 },
        sum: { type: 'double', id: 5 },
        flags: { type: 'uint32', id: 10 },
      },
    },
    ExponentialPoint: {
      oneofs: { _sum: { oneof: ['sum'] } },
      fields: {
        attributes: repeated('KeyValue', 1),
        ...point,
        count: { type: 'fixed64', id: 4 },
        sum: { type: 'double', id: 5 },
        scale: { type: 'sint32', id: 6 },
        flags: { type: 'uint32', id: 10 },
      },
    },
    Gauge: { fields: { dataPoints: repeated('NumberPoint', 1) } },
    Sum: {
      fields: {
        dataPoints: repeated('NumberPoint', 1),
        aggregationTemporality: { type: 'int32', id: 2 },
        isMonotonic: { type: 'bool', id: 3 },
      },
    },
    Histogram: {
      fields: { dataPoints: repeated('HistogramPoint', 1), aggregationTemporality: { type: 'int32', id: 2 } },
    },
    ExponentialHistogram: {
      fields: {
        dataPoints: repeated('ExponentialPoint', 1),
        aggregationTemporality: { type: 'int32', id: 2 },
      },
    },
    Metric: {
      fields: {
        name: { type: 'string', id: 1 },
        unit: { type: 'string', id: 3 },
        gauge: { type: 'Gauge', id: 5 },
        sum: { type: 'Sum', id: 7 },
        histogram: { type: 'Histogram', id: 9 },
        exponentialHistogram: { type: 'ExponentialHistogram', id: 10 },
      },
    },
    ScopeMetrics: { fields: { scope: { type: 'Scope', id: 1 }, metrics: repeated('Metric', 2) } },
    ResourceMetrics: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeMetrics: repeated('ScopeMetrics', 2) },
    },
    ExportRequest: { fields: { resourceMetrics: repeated('ResourceMetrics', 1) } },
  },
}).lookupType('ExportRequest');

const at = (metric: string, value: number, more: Partial<GivenPoint> = {}): GivenPoint => ({
  metric,
  value,
  start: 0,
  time: 10,
  ...more,
});
const typed = (type: string, value: number | undefined, more: Partial<GivenPoint> = {}): GivenPoint => ({
  ...at('gen_ai.client.token.usage', 0, { kind: 'histogram', ...more }),
  value,
  attributes: { 'gen_ai.token.type': type },
});
const exponential = (type: string, value: number): object => {
  const text = JSON.stringify(requestOf('m', [typed(type, value)]));
  return JSON.parse(text.replace('"histogram":', '"exponentialHistogram":'));
};

test.each<[what: string, request: object]>([
  [
    'sums',
    requestOf('m', [
      at('input_tokens', 1000),
      at('cache_read.input_tokens', 600),
      at('output_tokens', 2 ** 31),
    ]),
  ],
  [
    'a running total, from its first point',
    requestOf('m', [at('input_tokens', 5, { temporality: CUMULATIVE, start: 1 })]),
  ],
  ['one that began before', requestOf('m', [at('input_tokens', 5, { temporality: CUMULATIVE, start: -1 })])],
  [
    'one without a start',
    requestOf('m', [at('input_tokens', 5, { temporality: CUMULATIVE, start: undefined })]),
  ],
  [
    'points without a value',
    requestOf('m', [
      at('input_tokens', 5, { flags: 1 }),
      at('output_tokens', 5, { flags: 2 }),
      typed('input', 5, { flags: 1 }),
    ]),
  ],
  ['negative numbers', requestOf('m', [at('input_tokens', -5), typed('output', -7)])],
  [
    'a sum that can go down, a gauge',
    requestOf('m', [
      at('input_tokens', 5, { isMonotonic: false }),
      at('output_tokens', 5, { kind: 'gauge' }),
    ]),
  ],
  ['histograms', requestOf('m', [typed('input', 1000), typed('output', 0.5)])],
  ['a histogram without a sum', requestOf('m', [typed('input', undefined)])],
  ['an exponential histogram', exponential('input', 77)],
  ['a metric that means nothing to us', requestOf('m', [at('gen_ai.client.operation.duration', 5)])],
])('%s say the same in protobuf and in JSON', async (_what, request) => {
  const inJson = await metricsApp();
  const inProtobuf = await metricsApp();
  const expected = await ingest(inJson.app, request);
  const body = Buffer.from(ExportRequest.encode(ExportRequest.fromObject(request)).finish());
  const answer = await inProtobuf.app.ingest('otlp_metrics', {
    body,
    contentType: 'application/x-protobuf',
    provider: '',
    attributes: {},
  });
  expect(answer).toEqual(expected);
  expect(await inProtobuf.tokens('m')).toEqual(await inJson.tokens('m'));
});

test('the oracle writes what it is given', () => {
  const written = ExportRequest.encode(
    ExportRequest.fromObject(requestOf('m', [at('input_tokens', -5)])),
  ).finish();
  const read = ExportRequest.toObject(ExportRequest.decode(written), { longs: String, defaults: false });
  expect(JSON.stringify(read)).toContain(`"timeUnixNano":"${nanos(10)}","asInt":"-5"`);
});
