import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamUsage } from '../../client/stream-usage.ts';

const chunk = (fields: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'm',
  ...fields,
});
const delta = { index: 0, delta: { content: 'say "usage": {' }, finish_reason: null };
const end = { index: 0, delta: {}, finish_reason: 'stop' };
const usage = { prompt_tokens: 5, completion_tokens: 2 };

const CHAT = [
  chunk({ choices: [delta] }),
  chunk({ choices: [delta] }),
  chunk({ choices: [end] }),
  chunk({ choices: [], usage }),
];

function transcript(events: readonly object[], newline = '\n'): string {
  return `: a comment${newline}${events.map((event) => `event: x${newline}data: ${JSON.stringify(event)}${newline}${newline}`).join('')}data: [DONE]${newline}`;
}

function read(text: string, pieceLength = text.length) {
  const stream = new StreamUsage();
  for (let at = 0; at < text.length; at += pieceLength) stream.push(text.slice(at, at + pieceLength));
  return stream.end();
}

test('is the same however the stream is cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.constantFrom('\n', '\r\n'), (length, newline) => {
      expect(read(transcript(CHAT, newline), length)).toMatchObject({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model: 'm',
        usage,
        choices: [end],
      });
    }),
  );
});

describe('a stream that is not whole has no usage', () => {
  const sofar = (completion_tokens: number) => ({ usage: { prompt_tokens: 5, completion_tokens } });
  test.each<[what: string, events: object[], usage: object | undefined]>([
    ['chat without the last chunk', CHAT.slice(0, 3), undefined],
    ['usage in every chunk, broken off', [chunk({ choices: [delta], ...sofar(1) })], undefined],
    [
      'usage in every chunk',
      [chunk({ choices: [delta], ...sofar(1) }), chunk({ choices: [end], ...sofar(2) })],
      usage,
    ],
    [
      'a message that has begun',
      [{ type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1 } } }],
      undefined,
    ],
    [
      'a message that has ended',
      [
        { type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1 } } },
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { input_tokens: null, output_tokens: 7 },
        },
      ],
      { input_tokens: 9, output_tokens: 7 },
    ],
    [
      'a response that has begun',
      [{ type: 'response.created', response: { object: 'response', status: 'in_progress', usage: null } }],
      undefined,
    ],
  ])('%s', (_what, events, expected) => {
    expect(read(transcript(events))?.usage ?? undefined).toEqual(expected);
  });
});

test('a line without end takes no memory and spoils no other', () => {
  const stream = new StreamUsage();
  stream.push('data: {"a": "');
  for (let i = 0; i < 100; i++) stream.push('x'.repeat(100_000));
  stream.push('"}\n');
  stream.push(transcript(CHAT));
  expect(stream.end()).toMatchObject({ usage });
});

test('anything else is nothing', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => `data: ${json}\n`),
        ),
      ),
      (pieces) => {
        const stream = new StreamUsage();
        for (const piece of pieces) stream.push(piece);
        const body = stream.end();
        expect(body === undefined || typeof body === 'object').toBe(true);
      },
    ),
  );
});
