import { isObject, type JsonObject, objectsIn } from './json.ts';

/** Longer lines are passed over: the last event of a response repeats all of its text. */
const MAX_LINE = 4 * 1024 * 1024;

/** Where the usage of a call that has begun is kept. */
const BEGUN = 'usage at the start';

/** Of the many lines of a stream only these say more than the text of the answer. */
const TELLING = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"/;

/**
 * Reads the events of a streamed response as they flow by and holds on to what they say of its usage: OpenAI chat
 * completions and responses, Anthropic messages.
 */
export class StreamUsage {
  #line = '';
  #isTooLong = false;
  #body: JsonObject | undefined;

  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#add(text.slice(start, end));
      if (!this.#isTooLong) this.#read(this.#line);
      this.#line = '';
      this.#isTooLong = false;
      start = end + 1;
    }
    this.#add(text.slice(start));
  }

  /** The response that the stream was, as far as it is known; `undefined` if nothing in it was of one. */
  end(): JsonObject | undefined {
    if (!this.#isTooLong) this.#read(this.#line);
    return this.#body;
  }

  #add(part: string): void {
    this.#isTooLong ||= this.#line.length + part.length > MAX_LINE;
    this.#line = this.#isTooLong ? '' : this.#line + part;
  }

  #read(line: string): void {
    if (!line.startsWith('data:') || (this.#body && !TELLING.test(line))) return;
    let event: unknown;
    try {
      event = JSON.parse(line.slice('data:'.length));
    } catch {
      return;
    }
    if (isObject(event)) this.#body = withEvent(this.#body, event);
  }
}

/** Under what is known of it so far. Where a stream broke off, what had been counted by then is no usage. */
function withEvent(body: JsonObject | undefined, event: JsonObject): JsonObject | undefined {
  // Anthropic: the beginning has the input, each delta the totals so far.
  if (event.type === 'message_start' && isObject(event.message)) {
    const { usage, ...message } = event.message;
    return { ...message, [BEGUN]: usage };
  }
  if (event.type === 'message_delta' && body) {
    return {
      ...body,
      ...(isObject(event.delta) && { stop_reason: event.delta.stop_reason }),
      usage: { ...given(body[BEGUN]), ...given(body.usage), ...given(event.usage) },
    };
  }
  // OpenAI responses: each event of a stage has the whole response.
  if (isObject(event.response)) return event.response;
  // OpenAI chat completions: the last chunk has the usage, if it was asked for; elsewhere each has it as far as it is.
  if (!Array.isArray(event.choices)) return body;
  const { usage = body?.[BEGUN], ...chunk } = given(event);
  const ended = [...objectsIn(body?.choices), ...objectsIn(event.choices)].filter(
    (choice) => choice.finish_reason != null,
  );
  const isWhole = isObject(usage) && (ended.length > 0 || event.choices.length === 0);
  return {
    ...body,
    ...chunk,
    object: String(event.object).replace(/\.chunk$/, ''),
    choices: ended,
    [BEGUN]: usage,
    ...(isWhole && { usage }),
  };
}

/** What is not null. */
function given(object: unknown): JsonObject {
  return isObject(object)
    ? Object.fromEntries(Object.entries(object).filter(([, value]) => value != null))
    : {};
}
