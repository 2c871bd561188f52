import type { IngestAnswer } from '../app/index.ts';

/** How an OTLP body is encoded; its answer is encoded alike. */
export type Encoding = 'protobuf' | 'json';

export const ENCODING_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The encoding that a Content-Type names, parameters aside; `undefined` for any other type. */
export function encodingOf(contentType = ''): Encoding | undefined {
  const [type = ''] = contentType.split(';', 1);
  const name = type.trim().toLowerCase();
  if (name === ENCODING_TYPES.protobuf) return 'protobuf';
  return name === ENCODING_TYPES.json ? 'json' : undefined;
}

/** What an `Export…PartialSuccess` calls the number of rejected ones, in JSON, and what they are called in prose. */
export interface Unit {
  readonly field: 'rejectedSpans' | 'rejectedDataPoints' | 'rejectedLogRecords';
  readonly name: string;
}

/** An `Export…ServiceResponse`: empty unless something was rejected, and nothing of that is worth resending. */
export function exportResponse({ rejected }: IngestAnswer, unit: Unit, encoding: Encoding): Buffer {
  if (rejected.length === 0) return encoding === 'json' ? Buffer.from('{}') : Buffer.alloc(0);
  const errorMessage = explain(rejected, unit);
  if (encoding === 'json') {
    const partialSuccess = { [unit.field]: String(rejected.length), errorMessage };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  return bytesField(1, Buffer.concat([varintField(1, rejected.length), textField(2, errorMessage)]));
}

/** A `google.rpc.Status`: the body of every answer that is not 200. */
export function statusMessage(httpStatus: number, message: string, encoding: Encoding): Buffer {
  const code = RPC_CODES[httpStatus] ?? UNKNOWN;
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([varintField(1, code), textField(2, message)]);
}

const UNKNOWN = 2;
/** `google.rpc.Code` of the HTTP statuses that we answer with. Clients look at the HTTP status alone. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  404: 5,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  500: 13,
  503: 14,
};

const MESSAGES = 3;
const MESSAGE_BYTES = 250;

/** At most 1 kB: the client logs it. */
function explain(rejected: IngestAnswer['rejected'], { name }: Unit): string {
  const shown = rejected.slice(0, MESSAGES).map(({ code, message }) => `${code}: ${shorten(message)}`);
  const rest = rejected.length > MESSAGES ? `; and ${rejected.length - MESSAGES} more` : '';
  return `${rejected.length} ${name} rejected, which resending cannot mend: ${shown.join('; ')}${rest}`;
}

function shorten(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MESSAGE_BYTES) return message;
  return `${bytes.toString('utf8', 0, MESSAGE_BYTES).replace(/\uFFFD+$/, '')}…`;
}

function varintField(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
}

/** Of a number below 2^31. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
