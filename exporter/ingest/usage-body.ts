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
  const candidates = isNdjson(contentType) ? lines(body) : documents(body);
  if (candidates.length > limit) {
    throw new CodedError(
      'too_many_events',
      `${candidates.length} events in one request, at most ${limit} are accepted`,
    );
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
    throw new CodedError('invalid_json', `the body is not JSON: ${(error as Error).message}`);
  }
}

function documents(body: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = documentOf(body);
  } catch (error) {
    if (startsWithDocument(body)) return lines(body);
    throw error;
  }
  if (Array.isArray(parsed)) return parsed;
  if (isEnvelope(parsed)) return parsed.events;
  return [parsed];
}

/** NDJSON sent as application/json, as curl does easily enough: its first line is a document by itself. */
function startsWithDocument(body: string): boolean {
  const end = body.indexOf('\n');
  if (end <= 0) return false;
  try {
    return typeof JSON.parse(body.slice(0, end)) === 'object';
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

function lines(body: string): readonly unknown[] {
  const found: unknown[] = [];
  for (const line of body.split('\n')) {
    if (line.trim() === '') continue;
    try {
      found.push(JSON.parse(line));
    } catch (error) {
      found.push(new UnreadableLine(`not JSON: ${(error as Error).message}`));
    }
  }
  return found;
}
