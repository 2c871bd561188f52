import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REJECTION_CODES, SKIP_REASONS } from '../../exporter/ingest/outcome.ts';
import { data, eventOf, metersOf, NOW_MS, outcomesOf } from './provider-given.ts';
import { PROVIDER_SHAPES } from './provider-shapes.ts';

const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
const first = {
  id: 'chatcmpl-0123456789abcdef',
  created: NOW_MS / 1000,
  model: 'gpt-4o',
  choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }],
};
const last = { ...first, choices: [], usage };

const streamed = PROVIDER_SHAPES.filter(({ stream }) => stream !== undefined);
const NAMES = { model: 'named-beside', timestamp: String(NOW_MS / 1000) };

/** The same events with other line ends, comments, names and spaces. */
const framing = fc.record({
  end: fc.constantFrom('\n', '\r\n', '\r'),
  comment: fc.constantFrom('', ': keep-alive\n\n', ':\n', 'retry: 3000\n\n', 'id: 7\n'),
  space: fc.constantFrom('data: ', 'data:'),
  mark: fc.constantFrom('', '\uFEFF'),
  tail: fc.constantFrom('', '\n', '\n\n\n'),
});

test('any framing of the same events is the same call', () => {
  fc.assert(
    fc.property(fc.nat(streamed.length - 1), framing, (index, { end, comment, space, mark, tail }) => {
      const { provider, stream = '' } = streamed[index]!;
      const other = stream
        .split('\n\n')
        .map((event) => comment + event.replace(/^data: /m, space))
        .join('\n\n')
        .trimEnd();
      const framed = mark + `${other}${tail}`.replaceAll('\n', end);
      expect(eventOf('stream', provider, framed, NAMES)).toEqual(eventOf('stream', provider, stream, NAMES));
    }),
    { numRuns: 500 },
  );
});

test('data on several lines is one event', () => {
  const pretty = (event: object) =>
    `data: ${JSON.stringify(event, null, 2).replaceAll('\n', '\ndata: ')}\n\n`;
  const transcript = [first, last].map(pretty).join('');
  expect(eventOf('stream', 'openai', transcript)).toEqual(eventOf('stream', 'openai', data(first, last)));
});

test('cut at any byte, a stream is its call or is skipped, never a part of it', () => {
  for (const { provider, stream = '' } of streamed) {
    const bytes = Buffer.from(stream.replaceAll('Hello', 'H\u00e9llo \u{1f44b}'));
    const whole = metersOf(eventOf('stream', provider, bytes, NAMES));
    for (let length = 0; length < bytes.length; length += 7) {
      const [outcome, ...others] = outcomesOf('stream', provider, bytes.subarray(0, length), NAMES);
      expect(others).toEqual([]);
      if (outcome!.kind === 'event') expect(metersOf(outcome!.event)).toEqual(whole);
      else
        expect([...SKIP_REASONS, 'invalid_event']).toContain(
          outcome!.kind === 'skipped' ? outcome!.reason : outcome!.code,
        );
    }
  }
});

test('any bytes, and any events, have an outcome of the list', () => {
  const known = new Set<string>([...SKIP_REASONS, ...REJECTION_CODES, 'event']);
  const field = fc.constantFrom(
    'type',
    'usage',
    'message',
    'response',
    'delta',
    'choices',
    'candidates',
    'usageMetadata',
    'metadata',
    'error',
    'id',
  );
  const value = fc.oneof(
    fc.constantFrom(
      'message_start',
      'message_delta',
      'response.completed',
      'message-end',
      'stream-end',
      null,
      1,
      usage,
    ),
    fc.json().map((json) => JSON.parse(json) as unknown),
  );
  const events = fc.array(fc.dictionary(field, value, { maxKeys: 5 }), { maxLength: 6 });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    events.map((list) => data(...list)),
    events.map((list) => list.map((event) => JSON.stringify(event)).join('\n')),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('openai', 'anthropic', 'google', 'aws', 'cohere', 'x-ai'),
      body,
      (provider, given) => {
        for (const outcome of outcomesOf('stream', provider, given, NAMES)) {
          expect(known).toContain(
            outcome.kind === 'event' ? 'event' : outcome.kind === 'skipped' ? outcome.reason : outcome.code,
          );
          if (outcome.kind === 'event') {
            expect(outcome.event.quantities.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(
              true,
            );
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
});
