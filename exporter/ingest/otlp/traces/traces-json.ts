import { CodedError } from '../../../domain/errors.ts';
import { textOf } from '../../body-text.ts';
import { isObject, type JsonObject, objectAt, objectsAt, stringAt } from '../../provider/json.ts';
import { documentOf } from '../../usage-body.ts';
import { jsonNumber } from '../encoding/json-number.ts';
import { WireReader } from '../encoding/wire.ts';
import type { SpanSink } from './span-sink.ts';

const ERROR = 2;
const HEX_BYTES = 16;
const scratch = new WireReader(Buffer.alloc(HEX_BYTES));

/** Reads an `ExportTraceServiceRequest` in OTLP's JSON. Throws `invalid_json`. */
export function readTracesJson(body: Buffer, sink: SpanSink): void {
  const request = documentOf(textOf(body));
  if (!isObject(request)) {
    throw new CodedError('invalid_json', 'the body is not an OTLP request: expected an object');
  }
  for (const ofResource of objectsAt(request, 'resourceSpans')) {
    sink.resource.clear();
    sink.resource.readJsonList(objectAt(ofResource, 'resource').attributes);
    sink.onResource();
    for (const ofScope of objectsAt(ofResource, 'scopeSpans')) {
      sink.onScope(stringAt(objectAt(ofScope, 'scope'), 'name') ?? '');
      for (const span of objectsAt(ofScope, 'spans')) readSpan(span, sink);
    }
  }
}

function readSpan(json: JsonObject, { span, attributes, onSpan }: SpanSink): void {
  span.clear();
  attributes.clear();
  span.setTraceId(scratch, 0, bytesOf(json.traceId));
  span.setSpanId(scratch, 0, bytesOf(json.spanId));
  span.setParentId(scratch, 0, bytesOf(json.parentSpanId));
  span.startNanos = jsonNumber(json.startTimeUnixNano) ?? 0;
  span.endNanos = jsonNumber(json.endTimeUnixNano) ?? 0;
  span.hasFailed = objectAt(json, 'status').code === ERROR;
  attributes.readJsonList(json.attributes);
  onSpan();
}

/** Puts an id in hex into `scratch`; how many bytes it has, 0 for none. */
function bytesOf(hex: unknown): number {
  if (typeof hex !== 'string' || hex.length > 2 * HEX_BYTES || hex.length % 2 !== 0) return 0;
  const bytes = scratch.bytes.write(hex, 'hex');
  return 2 * bytes === hex.length ? bytes : 0;
}
