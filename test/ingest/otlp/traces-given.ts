import { configSchema } from '../../../exporter/config/schema.ts';
import { METERS } from '../../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../../exporter/domain/usage-event.ts';
import { createOtlpSources } from '../../../exporter/ingest/otlp/index.ts';
import type { Outcome } from '../../../exporter/ingest/outcome.ts';
import type { Source } from '../../../exporter/ingest/source.ts';
import {
  type AnyValue,
  encodeTraces,
  type JsonSpan,
  type JsonTraces,
  type KeyValue,
} from '../../../scripts/bench/otlp-protobuf.ts';
import { NOW_MS } from '../../support/charges.ts';

export { type AnyValue, encodeTraces, type JsonSpan, type JsonTraces, type KeyValue };

export const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 30 * 86_400_000 };
export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';
export const TRACE = '5b8aa5a2d2c872e8321cf37308d69df2';

export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface GivenSpan {
  /** 16 hex digits, or fewer that are filled up. */
  readonly id?: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly attributes: Attributes;
  readonly failed?: boolean;
}

/** Whole numbers become `intValue`, as in OpenTelemetry's SDKs. */
export function attributeList(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Attributes[string]): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}

export const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;

let ids = 0;

/** A span of 1.25 s that ended a minute ago. */
export function spanOf({ id, parent, trace = TRACE, attributes, failed = false }: GivenSpan): JsonSpan {
  ids += 1;
  return {
    traceId: trace,
    spanId: (id ?? `f${ids}`).padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: parent.padStart(16, '0') }),
    name: 'a span',
    startTimeUnixNano: nanos(NOW_MS - 61_250),
    endTimeUnixNano: nanos(NOW_MS - 60_000),
    attributes: attributeList(attributes),
    status: failed ? { code: 2, message: 'it failed' } : {},
  };
}

export function tracesOf(
  spans: readonly JsonSpan[],
  { scope = 'test', resource = {} }: { scope?: string; resource?: Attributes } = {},
): JsonTraces {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributeList({ 'service.name': 'shop', ...resource }) },
        scopeSpans: [{ scope: { name: scope }, spans }],
      },
    ],
  };
}

export function tracesSource(otlp: object = {}, eventsPerRequest = 50_000): Source {
  const settings = configSchema.parse({ otlp }).otlp;
  return createOtlpSources({ ...settings, eventsPerRequest, startedMs: NOW_MS }).find(
    ({ id }) => id === 'otlp_traces',
  )!;
}

export function read(source: Source, body: Uint8Array, contentType: string, attributes = {}): Outcome[] {
  return source.read({ body: Buffer.from(body), contentType, provider: '', attributes }, BOUNDS);
}

/** What a source makes of a request in JSON; every other test sends the same request in protobuf. */
export function readJson(source: Source, request: JsonTraces): Outcome[] {
  return read(source, Buffer.from(JSON.stringify(request)), JSON_TYPE);
}

/** The quantities that are not 0, by meter. */
export function metersOf({ quantities }: UsageEvent): Record<string, number> {
  return Object.fromEntries(
    METERS.map((meter, i) => [meter, quantities[i]!] as const).filter(([, quantity]) => quantity !== 0),
  );
}

/** One line for each outcome: the event's meters, or why there is none. */
export function briefly(outcomes: readonly Outcome[]): unknown[] {
  return outcomes.map((outcome) => {
    if (outcome.kind === 'event') return metersOf(outcome.event);
    return outcome.kind === 'rejected' ? outcome.code : outcome.reason;
  });
}
