import { CodedError } from '../../../domain/errors.ts';
import { textOf } from '../../body-text.ts';
import { isObject, type JsonObject, objectAt, objectsAt, stringAt } from '../../provider/json.ts';
import { documentOf } from '../../usage-body.ts';
import type { Attributes } from '../attributes/attributes.ts';
import { jsonNumber } from '../encoding/json-number.ts';
import { FIXED64, WireReader } from '../encoding/wire.ts';
import {
  lengthDelimited,
  messageCounter,
  messageIn,
  messagesIn,
  moveTo,
  type Range,
  readAttributesIn,
  scopeNameIn,
  tagOf,
} from '../encoding/wire-messages.ts';

/** A log record that may be an event. Its body is not in it: it may be a prompt. */
export interface LogRecord {
  /** As the record itself calls the event, or its body if that is as short as a name. */
  readonly name: string;
  /** Name of the instrumentation. */
  readonly scope: string;
  /** When it happened, or was seen to have. */
  readonly timeNanos: number;
  /** Lower-case hex, empty if there is none. */
  readonly traceId: string;
  readonly spanId: string;
  readAttributes(attributes: Attributes): void;
  /** Of the sender. The same object for all its records. */
  readonly resource: LogResource;
}

export interface LogResource {
  readAttributes(attributes: Attributes): void;
}

/** Names of events are shorter; what is longer is not decoded. */
const NAME_LENGTH = 64;

const FIRST = lengthDelimited(1);
const SECOND = lengthDelimited(2);
const BODY = lengthDelimited(5);
const ATTRIBUTES = lengthDelimited(6);
const TRACE_ID = lengthDelimited(9);
const SPAN_ID = lengthDelimited(10);
const EVENT_NAME = lengthDelimited(12);
const TIME = tagOf(1, FIXED64);
const OBSERVED = tagOf(11, FIXED64);

/** The records of an `ExportLogsServiceRequest`, one after another. Throws `invalid_protobuf`, `invalid_json`. */
export function logRecordsOf(body: Buffer, contentType: string): Iterable<LogRecord> {
  if (contentType !== 'application/json') return recordsInWire(new WireReader(body));
  const request = documentOf(textOf(body));
  if (isObject(request)) return recordsInJson(request);
  throw new CodedError('invalid_json', 'the body is not an OTLP request: expected an object');
}

function* recordsInWire(reader: WireReader): Generator<LogRecord> {
  const count = messageCounter();
  for (const ofResource of messagesIn(reader, { start: 0, end: reader.bytes.length }, FIRST, count)) {
    const resource = wireResource(reader, ofResource);
    for (const ofScope of messagesIn(reader, ofResource, SECOND, count)) {
      let scope: string | undefined;
      for (const record of messagesIn(reader, ofScope, SECOND, count)) {
        scope ??= scopeNameIn(reader, ofScope);
        yield wireRecord(reader, record, scope, resource);
      }
    }
  }
}

function wireResource(reader: WireReader, ofResource: Range): LogResource {
  return {
    readAttributes: (attributes) => {
      const resource = messageIn(reader, ofResource, FIRST);
      if (resource) readAttributesIn(reader, resource, FIRST, attributes);
    },
  };
}

function wireRecord(reader: WireReader, record: Range, scope: string, resource: LogResource): LogRecord {
  let timeNanos = 0;
  let observedNanos = 0;
  let traceId = '';
  let spanId = '';
  let eventName = '';
  let bodyName = '';
  moveTo(reader, record);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === TIME) timeNanos = reader.fixed64();
    else if (tag === OBSERVED) observedNanos = reader.fixed64();
    else if (tag === TRACE_ID) traceId = hex(reader);
    else if (tag === SPAN_ID) spanId = hex(reader);
    else if (tag === EVENT_NAME) eventName = shortText(reader);
    else if (tag === BODY) {
      const outerEnd = reader.enter();
      for (let inner = reader.tag(); inner !== 0; inner = reader.tag()) {
        if (inner === FIRST) bodyName = shortText(reader);
        else reader.skip(inner);
      }
      reader.leave(outerEnd);
    } else reader.skip(tag);
  }
  return {
    name: eventName || bodyName,
    scope,
    timeNanos: timeNanos || observedNanos,
    traceId,
    spanId,
    readAttributes: (attributes) => readAttributesIn(reader, record, ATTRIBUTES, attributes),
    resource,
  };
}

function shortText(reader: WireReader): string {
  const start = reader.range();
  return reader.position - start > NAME_LENGTH ? '' : reader.bytes.toString('utf8', start, reader.position);
}

function hex(reader: WireReader): string {
  const start = reader.range();
  return reader.position - start > 16 ? '' : reader.bytes.toString('hex', start, reader.position);
}

function* recordsInJson(request: JsonObject): Generator<LogRecord> {
  for (const ofResource of objectsAt(request, 'resourceLogs')) {
    const resource: LogResource = {
      readAttributes: (attributes) => readJsonAttributes(objectAt(ofResource, 'resource'), attributes),
    };
    for (const ofScope of objectsAt(ofResource, 'scopeLogs')) {
      const scope = stringAt(objectAt(ofScope, 'scope'), 'name') ?? '';
      for (const record of objectsAt(ofScope, 'logRecords')) yield jsonRecord(record, scope, resource);
    }
  }
}

function jsonRecord(record: JsonObject, scope: string, resource: LogResource): LogRecord {
  const body = stringAt(objectAt(record, 'body'), 'stringValue') ?? '';
  return {
    name: stringAt(record, 'eventName') ?? (body.length > NAME_LENGTH ? '' : body),
    scope,
    timeNanos: jsonNumber(record.timeUnixNano) || jsonNumber(record.observedTimeUnixNano) || 0,
    traceId: (stringAt(record, 'traceId') ?? '').toLowerCase(),
    spanId: (stringAt(record, 'spanId') ?? '').toLowerCase(),
    readAttributes: (attributes) => readJsonAttributes(record, attributes),
    resource,
  };
}

export function readJsonAttributes(parent: JsonObject, attributes: Attributes): void {
  for (const pair of objectsAt(parent, 'attributes')) attributes.readJson(pair);
}
