import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../../exporter/domain/errors.ts';
import type { Outcome } from '../../../exporter/ingest/outcome.ts';
import { anyTraces } from './arbitrary-traces.ts';
import { encodeTraces, JSON_TYPE, PROTOBUF, read, tracesSource } from './traces-given.ts';

const source = tracesSource();

/** The outcomes, or the code of the refusal; anything else that is thrown is thrown on. */
function readOrRefuse(body: Uint8Array, contentType: string): readonly Outcome[] | string {
  try {
    return read(source, body, contentType);
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

describe('whatever the bytes are, they are read or refused', () => {
  test('arbitrary ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const outcomes = readOrRefuse(bytes, PROTOBUF);
        if (typeof outcomes === 'string') expect(outcomes).toBe('invalid_protobuf');
        else expect(outcomes.length).toBeLessThanOrEqual(bytes.length);
        const ofJson = readOrRefuse(bytes, JSON_TYPE);
        if (typeof ofJson === 'string') expect(ofJson).toBe('invalid_json');
      }),
      { numRuns: 1000 },
    );
  });

  test('requests with flipped bits', () => {
    fc.assert(
      fc.property(anyTraces, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (request, flips) => {
        const body = encodeTraces(request);
        if (body.length === 0) return;
        for (const flip of flips) body[(flip >> 3) % body.length]! ^= 1 << (flip & 7);
        const outcomes = readOrRefuse(body, PROTOBUF);
        if (typeof outcomes === 'string') expect(outcomes).toBe('invalid_protobuf');
        else for (const outcome of outcomes) expectSound(outcome);
      }),
      { numRuns: 1000 },
    );
  });

  test('requests cut off anywhere', () => {
    fc.assert(
      fc.property(anyTraces, fc.nat(), (request, cut) => {
        const body = encodeTraces(request);
        const outcomes = readOrRefuse(body.subarray(0, cut % (body.length + 1)), PROTOBUF);
        if (typeof outcomes === 'string') expect(outcomes).toBe('invalid_protobuf');
        else for (const outcome of outcomes) expectSound(outcome);
      }),
      { numRuns: 500 },
    );
  });

  test('a body full of empty messages is refused before it takes long', () => {
    const empty = Buffer.alloc(1_200_000, Buffer.from([0x0a, 0x00]));
    expect(readOrRefuse(empty, PROTOBUF)).toBe('too_many_events');
    const inScope = (spans: Buffer) => Buffer.concat([Buffer.from([0x12, ...varint(spans.length)]), spans]);
    const resource = inScope(Buffer.alloc(1_200_000, Buffer.from([0x12, 0x00])));
    const request = Buffer.concat([Buffer.from([0x0a, ...varint(resource.length)]), resource]);
    expect(readOrRefuse(request, PROTOBUF)).toBe('too_many_events');
  });

  test('JSON of any shape', () => {
    const anyJson = fc.json({ maxDepth: 6 });
    const anyShape = fc
      .tuple(anyJson, anyJson, anyJson)
      .map(
        ([resource, scope, span]) =>
          `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"scope":${scope},"spans":[${span},{"attributes":${span},"status":${scope},"endTimeUnixNano":${scope},"traceId":${span}}]}]}]}`,
      );
    fc.assert(
      fc.property(anyShape, (text) => {
        expect(readOrRefuse(Buffer.from(text), JSON_TYPE)).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** Meters are whole numbers of 0 or more, and texts within their limits. */
function expectSound(outcome: Outcome): void {
  if (outcome.kind !== 'event') return;
  const { id, quantities, timestampMs, dimensions } = outcome.event;
  expect(quantities.every((quantity) => Number.isInteger(quantity) && quantity >= 0)).toBe(true);
  expect(Number.isInteger(timestampMs)).toBe(true);
  expect(id.length).toBeGreaterThan(0);
  for (const text of [id, ...Object.values(dimensions)]) expect(text.length).toBeLessThanOrEqual(256);
}

describe('refused as protobuf', () => {
  test.each<[what: string, bytes: number[]]>([
    ['a group', [0x0b, 0x0c]],
    ['a wire type that is none', [0x0f]],
    ['field number 0', [0x02, 0x00]],
    ['a length beyond the end', [0x0a, 0x05, 0x00]],
    ['a length of 2^63', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a number of eleven bytes', [0x10, ...Array<number>(10).fill(0x80), 0x00]],
    ['a number that has no end', [0x10, 0xff]],
    ['a field number of 40 bits', [0xfa, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00]],
    ['half a fixed64', [0x11, 0x00, 0x00]],
    ['half a fixed32', [0x15, 0x00]],
    ['a nested message beyond its own', [0x0a, 0x02, 0x12, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00]],
  ])('%s', (_what, bytes) => {
    expect(readOrRefuse(Buffer.from(bytes), PROTOBUF)).toBe('invalid_protobuf');
  });

  test('deep nesting is passed over, not followed', () => {
    let value: Uint8Array = Buffer.from([0x0a, 0x01, 0x61]);
    for (let depth = 0; depth < 3000; depth++) value = wrap(0x2a, wrap(0x0a, value));
    const keyed = Buffer.concat([
      wrap(0x0a, Buffer.from('gen_ai.response.finish_reasons')),
      wrap(0x12, value),
    ]);
    const body = wrap(0x0a, wrap(0x12, wrap(0x12, wrap(0x4a, keyed))));
    expect(readOrRefuse(body, PROTOBUF)).toEqual([]);
  });
});

function wrap(tag: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
