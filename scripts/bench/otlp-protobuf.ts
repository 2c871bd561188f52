import protobuf from 'protobufjs';

/** The messages of an OTLP trace request, as far as we write them: field numbers and types are the specification's. */
const root = protobuf.Root.fromJSON({
  nested: {
    TracesRequest: { fields: { resourceSpans: { rule: 'repeated', id: 1, type: 'ResourceSpans' } } },
    ResourceSpans: {
      fields: {
        resource: { id: 1, type: 'Resource' },
        scopeSpans: { rule: 'repeated', id: 2, type: 'ScopeSpans' },
      },
    },
    Resource: { fields: { attributes: { rule: 'repeated', id: 1, type: 'KeyValue' } } },
    ScopeSpans: {
      fields: { scope: { id: 1, type: 'Scope' }, spans: { rule: 'repeated', id: 2, type: 'Span' } },
    },
    Scope: { fields: { name: { id: 1, type: 'string' }, version: { id: 2, type: 'string' } } },
    Span: {
      fields: {
        traceId: { id: 1, type: 'bytes' },
        spanId: { id: 2, type: 'bytes' },
        traceState: { id: 3, type: 'string' },
        parentSpanId: { id: 4, type: 'bytes' },
        name: { id: 5, type: 'string' },
        kind: { id: 6, type: 'int32' },
        startTimeUnixNano: { id: 7, type: 'fixed64' },
        endTimeUnixNano: { id: 8, type: 'fixed64' },
        attributes: { rule: 'repeated', id: 9, type: 'KeyValue' },
        events: { rule: 'repeated', id: 11, type: 'Event' },
        status: { id: 15, type: 'Status' },
        flags: { id: 16, type: 'fixed32' },
      },
    },
    Event: {
      fields: {
        timeUnixNano: { id: 1, type: 'fixed64' },
        name: { id: 2, type: 'string' },
        attributes: { rule: 'repeated', id: 3, type: 'KeyValue' },
      },
    },
    Status: { fields: { message: { id: 2, type: 'string' }, code: { id: 3, type: 'int32' } } },
    KeyValue: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'AnyValue' } } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            'stringValue',
            'boolValue',
            'intValue',
            'doubleValue',
            'arrayValue',
            'kvlistValue',
            'bytesValue',
          ],
        },
      },
      fields: {
        stringValue: { id: 1, type: 'string' },
        boolValue: { id: 2, type: 'bool' },
        intValue: { id: 3, type: 'int64' },
        doubleValue: { id: 4, type: 'double' },
        arrayValue: { id: 5, type: 'ArrayValue' },
        kvlistValue: { id: 6, type: 'KeyValueList' },
        bytesValue: { id: 7, type: 'bytes' },
      },
    },
    ArrayValue: { fields: { values: { rule: 'repeated', id: 1, type: 'AnyValue' } } },
    KeyValueList: { fields: { values: { rule: 'repeated', id: 1, type: 'KeyValue' } } },
  },
});
const TracesRequest = root.lookupType('TracesRequest');

export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** 64-bit integers as decimal text. */
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly KeyValue[] };
}

export interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}

/** A span in OTLP's JSON. */
export interface JsonSpan {
  /** Ids are hex. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface JsonTraces {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly scope?: { readonly name: string; readonly version?: string };
      readonly spans: readonly JsonSpan[];
    }[];
  }[];
}

/** The request in protobuf. */
export function encodeTraces(request: JsonTraces): Buffer {
  const message = TracesRequest.fromObject({
    resourceSpans: request.resourceSpans.map(({ resource, scopeSpans }) => ({
      resource,
      scopeSpans: scopeSpans.map(({ scope, spans }) => ({
        scope,
        spans: spans.map((span) => ({
          ...span,
          traceId: Buffer.from(span.traceId, 'hex'),
          spanId: Buffer.from(span.spanId, 'hex'),
          parentSpanId: Buffer.from(span.parentSpanId ?? '', 'hex'),
        })),
      })),
    })),
  });
  return Buffer.from(TracesRequest.encode(message).finish());
}

/** A request in protobuf as OTLP's JSON, read by protobufjs. Throws on what is not protobuf. */
export function decodeTraces(body: Uint8Array): JsonTraces {
  const plain = TracesRequest.toObject(TracesRequest.decode(body), { longs: String, bytes: Buffer }) as {
    resourceSpans?: { scopeSpans?: { spans?: Record<string, unknown>[] }[] }[];
  };
  const hex = (id: unknown) => Buffer.from((id ?? []) as Uint8Array).toString('hex');
  for (const { scopeSpans } of plain.resourceSpans ?? []) {
    for (const { spans } of scopeSpans ?? []) {
      for (const span of spans ?? []) {
        for (const id of ['traceId', 'spanId', 'parentSpanId']) span[id] = hex(span[id]);
      }
    }
  }
  return plain as unknown as JsonTraces;
}
