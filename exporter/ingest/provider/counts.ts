import type { Usage } from '@pydantic/genai-prices';
import { emptyPerMeter, METER } from '../../domain/meters.ts';
import { isObject, type JsonObject, numberAt, objectAt } from './json.ts';
import type { Shape } from './shape.ts';

const IS_COUNT = /(tokens?|tokenCount|_requests)$/i;

/** The first count that is not a whole number of zero or more, as a message. `null` is an absent count. */
export function badCount(usage: unknown, path: string): string | undefined {
  if (Array.isArray(usage))
    return first(usage.entries(), ([index, item]) => badCount(item, `${path}[${index}]`));
  if (!isObject(usage)) return undefined;
  return first(Object.entries(usage), ([key, value]) => {
    const at = `${path}.${key}`;
    if (typeof value === 'object') return badCount(value, at);
    if (!IS_COUNT.test(key) || (Number.isSafeInteger(value) && (value as number) >= 0)) return undefined;
    return `${at}: expected a whole number of 0 or more, got ${JSON.stringify(value)}`;
  });
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
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
  const stated = CACHED.flatMap(([parent, key]) => {
    const count = numberAt(parent === undefined ? usage : objectAt(usage, parent), key);
    return count === undefined ? [] : [{ name: parent === undefined ? key : `${parent}.${key}`, count }];
  });
  const differing = stated.find(({ count }) => count !== stated[0]?.count);
  if (!differing || !stated[0]) return stated[0]?.count;
  return `usage.${stated[0].name} ${stated[0].count} and usage.${differing.name} ${differing.count} disagree`;
}

/** Gemini behind its OpenAI-like API: the total has the thoughts, the completion does not, and nothing names them. */
function thoughtsBesides(usage: JsonObject): number {
  const named = (numberAt(usage, 'prompt_tokens') ?? 0) + (numberAt(usage, 'completion_tokens') ?? 0);
  return Math.max(0, (numberAt(usage, 'total_tokens') ?? named) - named);
}

/**
 * The library's counts, in which totals include their parts, as disjoint meters; or a message about a contradiction.
 * Nothing is clamped. Cached tokens of unnamed modality count as text.
 * @param read what the library took from `usage`
 */
export function disjointCounts(
  provider: string,
  shape: Shape,
  usage: JsonObject,
  read: Usage,
): number[] | string {
  const at = (name: string) => read[name] ?? 0;
  const isInclusive = shape === 'chat' || shape === 'responses';
  const stated = isInclusive ? statedCacheRead(usage) : undefined;
  if (typeof stated === 'string') return stated;

  const inputTotal = at('input_tokens');
  // Perplexity bills what it quotes as input.
  const citations = at('output_citation_tokens');
  const thoughts = provider === 'google' && shape === 'chat' ? thoughtsBesides(usage) : 0;
  const reasoning = at('output_reasoning_tokens') + thoughts;
  const outputTotal = at('output_tokens') - citations + thoughts;
  const cacheRead = stated ?? at('cache_read_tokens');
  const cacheWrite = at('cache_write_tokens');
  const split = objectAt(usage, 'cache_creation');
  const written1h = numberAt(split, 'ephemeral_1h_input_tokens') ?? 0;
  const written5m = numberAt(split, 'ephemeral_5m_input_tokens') ?? cacheWrite - written1h;
  if (written5m + written1h !== cacheWrite) {
    return `cache writes: 5m ${written5m} + 1h ${written1h} are not cache_creation_input_tokens ${cacheWrite}`;
  }
  const heard =
    at('input_audio_tokens') || (numberAt(objectAt(usage, 'input_token_details'), 'audio_tokens') ?? 0);
  const audio = heard - at('cache_audio_read_tokens');
  const image = at('input_image_tokens') - at('cache_image_read_tokens');

  const counts = emptyPerMeter();
  counts[METER.input] = inputTotal - cacheRead - cacheWrite - audio - image + citations;
  counts[METER.input_audio] = audio;
  counts[METER.input_image] = image;
  counts[METER.cache_read] = cacheRead - at('cache_audio_read_tokens');
  counts[METER.cache_read_audio] = at('cache_audio_read_tokens');
  counts[METER.cache_write_5m] = written5m;
  counts[METER.cache_write_1h] = written1h;
  counts[METER.output_audio] = at('output_audio_tokens');
  counts[METER.output_image] = at('output_image_tokens');
  counts[METER.reasoning] = reasoning;
  counts[METER.output] = outputTotal - reasoning - at('output_audio_tokens') - at('output_image_tokens');
  counts[METER.web_search] = at('web_searches');
  counts[METER.request] = 1;
  if (counts.every((count) => count >= 0)) return counts;
  return (
    `parts exceed their total: input ${inputTotal} (cache read ${cacheRead}, cache write ${cacheWrite}, ` +
    `audio ${heard}, image ${at('input_image_tokens')}), output ${outputTotal} ` +
    `(reasoning ${reasoning}, audio ${at('output_audio_tokens')}, image ${at('output_image_tokens')})`
  );
}
