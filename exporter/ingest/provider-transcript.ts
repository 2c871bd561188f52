import { createHash } from 'node:crypto';
import { canonicalProvider } from '../domain/provider-name.ts';
import { isNestedDeeper } from './nesting.ts';
import { type Outcome, rejected, skipped } from './outcome.ts';
import { isObject, type JsonObject } from './provider/json.ts';
import { forEachServerSentEvent } from './provider/sse.ts';
import { addToAssembly } from './provider/stream/assemble.ts';
import { type Assembly, newAssembly } from './provider/stream/assembly.ts';
import { MAX_DEPTH, problemOf, readProviderCall } from './provider-call.ts';
import type { TimeBounds } from './time-bounds.ts';
import type { UsageEventReader } from './usage-events.ts';

/** More than any answer has. */
const MAX_EVENTS = 1_000_000;

/** One streamed call, put together. */
export interface Transcript {
  readonly assembly: Assembly;
  readonly events: number;
  /** Of the events, however they were framed. */
  readonly digest: () => string;
}

export function assembleTranscript(text: string): Transcript {
  const assembly = newAssembly();
  let events = 0;
  forEachServerSentEvent(text, (data) => {
    if (data === '[DONE]') {
      assembly.ended = true;
      return true;
    }
    const event = parsed(data);
    if (event === undefined) return true;
    events += 1;
    addToAssembly(assembly, event);
    return events < MAX_EVENTS;
  });
  return { assembly, events, digest: () => digestOf(text) };
}

/** Gemini streams an array of responses where it is not asked for server-sent events. */
export function isChunkList(provider: string, document: unknown): document is readonly JsonObject[] {
  return (
    canonicalProvider(provider) === 'google' &&
    Array.isArray(document) &&
    document.every(isObject) &&
    !isNestedDeeper(document, MAX_DEPTH)
  );
}

export function assembleChunks(chunks: readonly JsonObject[]): Transcript {
  const assembly = newAssembly();
  for (const chunk of chunks) addToAssembly(assembly, chunk);
  return {
    assembly,
    events: chunks.length,
    digest: () => createHash('sha256').update(JSON.stringify(chunks)).digest('hex'),
  };
}

/**
 * The events of one streamed call. Without all of its usage it is skipped, with its reason: what had been counted when
 * a stream broke off is less than what is billed.
 */
export function readAssembly(
  reader: UsageEventReader,
  { assembly, events, digest }: Transcript,
  provider: string,
  attributes: Readonly<Record<string, string>>,
  bounds: TimeBounds,
): Outcome[] {
  const problem = problemOf(provider, attributes);
  if (problem) return [problem];
  const { body, counted, ended, answered, failed, mixed } = assembly;
  if (events === 0) return [rejected('invalid_event', 'body: no event with data in the stream')];
  if (events >= MAX_EVENTS) return [rejected('invalid_event', `body: ${MAX_EVENTS} events or more`)];
  if (mixed) return [rejected('invalid_event', 'body: events of several calls; send each stream by itself')];
  if (!counted || !ended) return [skipped(failed && !answered ? 'failed_without_usage' : 'usage_missing')];
  const outcomes = readProviderCall(
    reader,
    { provider, body, identity: () => ({ stream: digest() }) },
    attributes,
    bounds,
  );
  return outcomes.map((outcome) =>
    outcome.kind === 'rejected' && outcome.code === 'usage_missing' ? skipped('usage_missing') : outcome,
  );
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function digestOf(text: string): string {
  const digest = createHash('sha256');
  forEachServerSentEvent(text, (data) => {
    const event = parsed(data);
    // What is nested too deeply to be written again is taken as it came.
    if (event !== undefined) digest.update(isNestedDeeper(event, MAX_DEPTH) ? data : JSON.stringify(event));
    return true;
  });
  return digest.digest('hex');
}
