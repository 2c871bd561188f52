import protobufjs from 'protobufjs';
import type { TracesRequest } from './otlp.ts';

/** The part of opentelemetry-proto 1.x that the spans of the contract need. */
const { root } = protobufjs.parse(`
  syntax = "proto3";
  message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; } }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message InstrumentationScope { string name = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  }
  message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
`);
const Request = root.lookupType('ExportTraceServiceRequest');

/** A request in OTLP's JSON as protobuf. */
export function protobufTraces(request: TracesRequest): Uint8Array<ArrayBuffer> {
  const resourceSpans = request.resourceSpans.map(({ resource, scopeSpans }) => ({
    resource,
    scopeSpans: scopeSpans.map(({ scope, spans }) => ({
      scope,
      // OTLP's JSON has ids in hex; protobufjs would read them as base64.
      spans: spans.map((span) => ({ ...span, traceId: base64(span.traceId), spanId: base64(span.spanId) })),
    })),
  }));
  return new Uint8Array(Request.encode(Request.fromObject({ resourceSpans })).finish());
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
