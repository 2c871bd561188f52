import { emptyPerMeter, METER } from '../../domain/meters.ts';
import type { Counts } from './compile-extractor.ts';
import { type JsonObject, numberAt, objectAt } from './json.ts';
import type { Shape } from './shape.ts';

/** Not `time_to_first_token`, which is a time. */
const IS_COUNT = /(tokens|token_?count|_requests|_queries)$/i;

/** The first count that is not a whole number of zero or more, as a message. `null` is an absent count. */
export function badCount(usage: object, path: string): string | undefined {
  if (Array.isArray(usage)) {
    for (let i = 0; i < usage.length; i++) {
      const item: unknown = usage[i];
      const found = typeof item === 'object' && item ? badCount(item, `${path}[${i}]`) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const key in usage) {
    const value = (usage as JsonObject)[key];
    if (typeof value === 'object') {
      const found = value === null ? undefined : badCount(value, `${path}.${key}`);
      if (found !== undefined) return found;
    } else if (!(Number.isSafeInteger(value) && (value as number) >= 0) && IS_COUNT.test(key)) {
      return `${path}.${key}: expected a whole number of 0 or more, got ${typeof value === 'string' ? 'a text' : String(value)}`;
    }
  }
  return undefined;
}

/**
 * Where OpenAI-like formats put the number of cached prompt tokens: nested, and under providers' own names.
 * Not Mistral's `num_cached_tokens`, which it bills as fresh ones.
 */
const CACHED: readonly (readonly [parent: string | undefined, key: string])[] = [
  ['prompt_tokens_details', 'cached_tokens'],
  ['input_tokens_details', 'cached_tokens'],
  [undefined, 'cached_tokens'],
  [undefined, 'prompt_cache_hit_tokens'],
  [undefined, 'cached_prompt_text_tokens'],
  [undefined, 'cache_read_input_tokens'],
];

/** The cached tokens that a chat or responses body states, or a message when it states two different numbers. */
function statedCacheRead(usage: JsonObject): number | string | undefined {
  let stated: number | undefined;
  let first = '';
  for (const [parent, key] of CACHED) {
    const count = numberAt(parent === undefined ? usage : objectAt(usage, parent), key);
    if (count === undefined || count === stated) continue;
    const name = parent === undefined ? key : `${parent}.${key}`;
    if (stated !== undefined) return `usage.${first} ${stated} and usage.${name} ${count} disagree`;
    stated = count;
    first = name;
  }
  return stated;
}

/**
 * Output that the total has but the named output has not. Gemini behind its OpenAI-like API leaves its thoughts out of
 * the completion; xAI has them beside the output, and its total says so where the format alone does not.
 */
function unnamedOutput(provider: string, shape: Shape, usage: JsonObject): number {
  if (provider === 'google' && shape === 'chat') {
    return beyond(usage, 'prompt_tokens', 'completion_tokens');
  }
  if (provider === 'x-ai' && shape === 'responses') return beyond(usage, 'input_tokens', 'output_tokens');
  return 0;
}

function beyond(usage: JsonObject, input: string, output: string): number {
  const named = (numberAt(usage, input) ?? 0) + (numberAt(usage, output) ?? 0);
  return Math.max(0, (numberAt(usage, 'total_tokens') ?? named) - named);
}

/**
 * The catalogue's counts, in which totals include their parts, as disjoint meters; or a message about a contradiction.
 * Nothing is clamped. Cached tokens of unnamed modality count as text.
 * @param read what the catalogue's extractor took from `usage`
 * @param namesCacheReads whether it knows of cached tokens; a provider that bills them as fresh ones has no name for them
 */
export function disjointCounts(
  provider: string,
  shape: Shape,
  usage: JsonObject,
  read: Counts,
  namesCacheReads: boolean,
): number[] | string {
  const isInclusive = namesCacheReads && (shape === 'chat' || shape === 'responses');
  const stated = isInclusive ? statedCacheRead(usage) : undefined;
  if (typeof stated === 'string') return stated;

  const unnamed = unnamedOutput(provider, shape, usage);
  const reasoning =
    unnamed === read.output_reasoning_tokens ? unnamed : read.output_reasoning_tokens + unnamed;
  // Perplexity bills what it quotes as input.
  const citations = read.output_citation_tokens;
  const outputTotal = read.output_tokens - citations + unnamed;
  const cacheRead = stated ?? read.cache_read_tokens;
  const cacheWrite = read.cache_write_tokens;
  const split = objectAt(usage, 'cache_creation');
  const written1h = numberAt(split, 'ephemeral_1h_input_tokens') ?? 0;
  const written5m = numberAt(split, 'ephemeral_5m_input_tokens') ?? cacheWrite - written1h;
  if (written5m + written1h !== cacheWrite) {
    return `cache writes: 5m ${written5m} + 1h ${written1h} are not cache_creation_input_tokens ${cacheWrite}`;
  }
  const heard =
    read.input_audio_tokens || (numberAt(objectAt(usage, 'input_token_details'), 'audio_tokens') ?? 0);
  const audio = heard - read.cache_audio_read_tokens;
  const image = read.input_image_tokens - read.cache_image_read_tokens;

  const counts = emptyPerMeter();
  counts[METER.input] = read.input_tokens - cacheRead - cacheWrite - audio - image + citations;
  counts[METER.input_audio] = audio;
  counts[METER.input_image] = image;
  counts[METER.cache_read] = cacheRead - read.cache_audio_read_tokens;
  counts[METER.cache_read_audio] = read.cache_audio_read_tokens;
  counts[METER.cache_write_5m] = written5m;
  counts[METER.cache_write_1h] = written1h;
  counts[METER.output_audio] = read.output_audio_tokens;
  counts[METER.output_image] = read.output_image_tokens;
  counts[METER.reasoning] = reasoning;
  counts[METER.output] = outputTotal - reasoning - read.output_audio_tokens - read.output_image_tokens;
  counts[METER.web_search] = read.web_searches;
  counts[METER.request] = 1;
  for (const count of counts) {
    if (!(count >= 0)) return partsExceed(read, cacheRead, heard, outputTotal, reasoning);
  }
  return counts;
}

function partsExceed(read: Counts, cacheRead: number, heard: number, outputTotal: number, reasoning: number) {
  return (
    `parts exceed their total: input ${read.input_tokens} (cache read ${cacheRead}, ` +
    `cache write ${read.cache_write_tokens}, audio ${heard}, image ${read.input_image_tokens}), ` +
    `output ${outputTotal} (reasoning ${reasoning}, audio ${read.output_audio_tokens}, ` +
    `image ${read.output_image_tokens})`
  );
}
