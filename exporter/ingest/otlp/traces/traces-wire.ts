import { FIXED64, WireReader } from '../encoding/wire.ts';
import {
  lengthDelimited,
  messageCounter,
  messageIn,
  messagesIn,
  moveTo,
  readAttributesIn,
  scopeNameIn,
  tagOf,
  varintField,
} from '../encoding/wire-messages.ts';
import type { SpanSink } from './span-sink.ts';

const FIRST = lengthDelimited(1);
const SECOND = lengthDelimited(2);
const TRACE_ID = FIRST;
const SPAN_ID = SECOND;
const PARENT_ID = lengthDelimited(4);
const START = tagOf(7, FIXED64);
const END = tagOf(8, FIXED64);
const ATTRIBUTE = lengthDelimited(9);
const STATUS = lengthDelimited(15);
const STATUS_CODE = varintField(3);
const ERROR = 2;

/** Reads an `ExportTraceServiceRequest` in protobuf. Throws `invalid_protobuf`, `too_many_events`. */
export function readTracesWire(body: Buffer, sink: SpanSink): void {
  const reader = new WireReader(body);
  const count = messageCounter();
  for (const ofResource of messagesIn(reader, { start: 0, end: body.length }, FIRST, count)) {
    sink.resource.clear();
    const resource = messageIn(reader, ofResource, FIRST);
    if (resource) readAttributesIn(reader, resource, FIRST, sink.resource);
    sink.onResource();
    for (const ofScope of messagesIn(reader, ofResource, SECOND, count)) {
      sink.onScope(scopeNameIn(reader, ofScope));
      moveTo(reader, ofScope);
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if (tag === SECOND) {
          count();
          readSpan(reader, sink);
        } else reader.skip(tag);
      }
    }
  }
}

function readSpan(reader: WireReader, { span, attributes, onSpan }: SpanSink): void {
  span.clear();
  attributes.clear();
  const outerEnd = reader.enter();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case ATTRIBUTE:
        attributes.readWire(reader);
        break;
      case TRACE_ID:
        span.setTraceId(reader, reader.range(), reader.position);
        break;
      case SPAN_ID:
        span.setSpanId(reader, reader.range(), reader.position);
        break;
      case PARENT_ID:
        span.setParentId(reader, reader.range(), reader.position);
        break;
      case START:
        span.startNanos = reader.fixed64();
        break;
      case END:
        span.endNanos = reader.fixed64();
        break;
      case STATUS:
        span.hasFailed = statusIn(reader) === ERROR;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  onSpan();
}

function statusIn(reader: WireReader): number {
  let code = 0;
  const outerEnd = reader.enter();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === STATUS_CODE) code = reader.signedVarint();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return code;
}
