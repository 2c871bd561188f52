import { CodedError } from '../domain/errors.ts';

/** A line of NDJSON that is no JSON: takes the place of the event and is rejected by itself. */
export class UnreadableLine {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/**
 * Candidates in a request body: one event, an array, `{"events": […]}`, or NDJSON (one event a line).
 * Throws `invalid_json` where nothing of the body can be read, `too_many_events` beyond the limit.
 */
export function candidatesOf(body: string, contentType: string, limit: number): readonly unknown[] {
  const candidates = isNdjson(contentType) ? lines(body, limit) : documents(body, limit);
  if (candidates.length > limit) {
    throw new CodedError('too_many_events', `more than ${limit} events in one request; send fewer at once`);
  }
  return candidates;
}

function isNdjson(contentType: string): boolean {
  return /^application\/(x-)?(ndjson|jsonl|jsonlines)\b/i.test(contentType);
}

/** The one JSON document that a body is. Throws `invalid_json`. */
export function documentOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new CodedError('invalid_json', `the body is not JSON: ${problem(error as Error)}`);
  }
}

/** What the parser says, without its quotation: the text may be a prompt. */
function problem({ message }: Error): string {
  if (message.includes('end of JSON')) return 'it ends too early';
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? [];
  return line === undefined
    ? 'it has an unexpected character'
    : `malformed at line ${line}, column ${column}`;
}

function documents(body: string, limit: number): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = documentOf(body);
  } catch (error) {
    if (startsWithDocument(body)) return lines(body, limit);
    throw error;
  }
  if (Array.isArray(parsed)) return parsed;
  if (isEnvelope(parsed)) return parsed.events;
  return [parsed];
}

/** NDJSON sent as application/json, as curl does easily enough: its first line is a document by itself. */
function startsWithDocument(body: string): boolean {
  const [first] = body.trimStart().split('\n', 1);
  try {
    return typeof JSON.parse(first ?? '') === 'object';
  } catch {
    return false;
  }
}

function isEnvelope(parsed: unknown): parsed is { events: unknown[] } {
  return (
    typeof parsed === 'object' &&
    parsed !== null &&
    'events' in parsed &&
    Array.isArray(parsed.events) &&
    Object.keys(parsed).length === 1
  );
}

/** At most one line more than the limit. */
function lines(body: string, limit: number): readonly unknown[] {
  const found: unknown[] = [];
  let start = 0;
  while (start < body.length && found.length <= limit) {
    const newline = body.indexOf('\n', start);
    const end = newline < 0 ? body.length : newline;
    const line = body.slice(start, end).trim();
    start = end + 1;
    if (line === '') continue;
    try {
      found.push(JSON.parse(line));
    } catch (error) {
      found.push(new UnreadableLine(`the line is not JSON: ${problem(error as Error)}`));
    }
  }
  return found;
}
