import { createHash } from 'node:crypto';
import { type Call, type ContractSource, jsonRequest, PROMPT, type WireRequest } from '../contract.ts';
import { protobufTraces } from './otlp-protobuf.ts';

const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;

type Value = { stringValue: string } | { intValue: string };
export interface KeyValue {
  readonly key: string;
  readonly value: Value;
}

function attributeList(attributes: Readonly<Record<string, string | number>>): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

function callAttributes(call: Call): Record<string, string | number> {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': call.provider,
    'gen_ai.request.model': call.model,
    'gen_ai.response.id': call.id,
    'gen_ai.input.messages': PROMPT,
  };
}

/** OpenTelemetry's totals include their parts, for every provider. */
function usageAttributes({ input, cacheRead, output, reasoning }: Call): Record<string, number> {
  return {
    'gen_ai.usage.input_tokens': input + cacheRead,
    'gen_ai.usage.cache_read.input_tokens': cacheRead,
    'gen_ai.usage.output_tokens': output + reasoning,
    'gen_ai.usage.reasoning.output_tokens': reasoning,
  };
}

function resourceOf(tenant: string, service: string) {
  return { attributes: attributeList({ 'service.name': service, 'tenant.id': tenant }) };
}

function byTenant<T>(calls: readonly Call[], encode: (own: readonly Call[], tenant: string) => T): T[] {
  return Object.entries(Object.groupBy(calls, ({ tenant }) => tenant)).map(([tenant, own]) =>
    encode(own!, tenant),
  );
}

const hexOf = (text: string, digits: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const scope = { name: 'contract' };

export type TracesRequest = ReturnType<typeof tracesOf>;

function tracesOf(calls: readonly Call[], usage = usageAttributes as (call: Call) => Record<string, number>) {
  return {
    resourceSpans: byTenant(calls, (own, tenant) => ({
      resource: resourceOf(tenant, 'contract-spans'),
      scopeSpans: [
        {
          scope,
          spans: own.map((call) => ({
            traceId: hexOf(call.id, 32),
            spanId: hexOf(`span ${call.id}`, 16),
            name: `chat ${call.model}`,
            kind: 3,
            startTimeUnixNano: nanos(call.atMs),
            endTimeUnixNano: nanos(call.atMs + 1250),
            attributes: attributeList({ ...callAttributes(call), ...usage(call) }),
          })),
        },
      ],
    })),
  };
}

function logsOf(calls: readonly Call[], usage = usageAttributes as (call: Call) => Record<string, number>) {
  return {
    resourceLogs: byTenant(calls, (own, tenant) => ({
      resource: resourceOf(tenant, 'contract-logs'),
      scopeLogs: [
        {
          scope,
          logRecords: own.map((call) => ({
            timeUnixNano: nanos(call.atMs),
            eventName: 'gen_ai.client.inference.operation.details',
            attributes: attributeList({ ...callAttributes(call), ...usage(call) }),
          })),
        },
      ],
    })),
  };
}

/** Each call as a delta of its own. */
function metricsOf(calls: readonly Call[], isEmpty = false) {
  return {
    resourceMetrics: byTenant(calls, (own, tenant) => ({
      resource: resourceOf(tenant, 'contract-metrics'),
      scopeMetrics: [
        {
          scope,
          metrics: own.flatMap((call) =>
            countersOf(call).map(([name, value]) => ({
              name: `gen_ai.client.inference.usage.${name}`,
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: [
                  {
                    attributes: attributeList({
                      'gen_ai.operation.name': 'chat',
                      'gen_ai.provider.name': call.provider,
                      'gen_ai.request.model': call.model,
                    }),
                    startTimeUnixNano: nanos(call.atMs - 1000),
                    timeUnixNano: nanos(call.atMs),
                    ...(!isEmpty && { asInt: String(value) }),
                  },
                ],
              },
            })),
          ),
        },
      ],
    })),
  };
}

function countersOf({
  input,
  cacheRead,
  output,
  reasoning,
}: Call): readonly (readonly [name: string, value: number])[] {
  return [
    ['input_tokens', input + cacheRead],
    ['cache_read.input_tokens', cacheRead],
    ['output_tokens', output + reasoning],
    ['reasoning.output_tokens', reasoning],
  ];
}

const protobuf = (body: TracesRequest): WireRequest => ({
  path: '/v1/traces',
  headers: { 'Content-Type': 'application/x-protobuf' },
  body: protobufTraces(body),
});
const nothing = () => ({});

export const otlp: readonly ContractSource[] = [
  {
    name: 'OTLP spans, JSON',
    id: 'otlp_traces',
    encode: (calls) => [jsonRequest('/v1/traces', tracesOf(calls))],
    withoutUsage: {
      encode: (call) => jsonRequest('/v1/traces', tracesOf([call], nothing)),
      reason: 'usage_missing',
    },
    cannot: {},
  },
  {
    name: 'OTLP spans, protobuf',
    id: 'otlp_traces',
    encode: (calls) => [protobuf(tracesOf(calls))],
    withoutUsage: { encode: (call) => protobuf(tracesOf([call], nothing)), reason: 'usage_missing' },
    cannot: {},
  },
  {
    name: 'OTLP logs',
    id: 'otlp_logs',
    encode: (calls) => [jsonRequest('/v1/logs', logsOf(calls))],
    withoutUsage: {
      encode: (call) => jsonRequest('/v1/logs', logsOf([call], nothing)),
      reason: 'usage_missing',
    },
    cannot: {},
  },
  {
    name: 'OTLP metrics',
    id: 'otlp_metrics',
    encode: (calls) => [jsonRequest('/v1/metrics', metricsOf(calls))],
    cannot: {
      requests: 'counters of tokens do not say how many calls used them',
      'unpriced requests': 'counters of tokens do not say how many calls used them',
      'missing usage': 'a call without usage adds to no counter of tokens',
      content: 'data points have no place for it',
    },
  },
];
