import { emptyPerMeter, METER } from '../../domain/meters.ts';
import { isObject, type JsonObject, numberAt, objectAt } from '../provider/json.ts';
import { MAX_REQUESTS, MAX_TOKENS } from '../usage-event-schema.ts';
import { answersPictures } from './call-type.ts';

const IS_COUNT = /^[a-z0-9_]{0,40}(tokens|_requests)$/;

/**
 * The usage of a payload, `undefined` where there is none: LiteLLM writes zeros where it knows nothing. The counts
 * beside the metadata are the last resort, as versions differ in whether those of Anthropic have the cached tokens.
 */
export function usageOf(payload: JsonObject): JsonObject | undefined {
  const { prompt_tokens, completion_tokens, total_tokens } = payload;
  return [
    objectAt(payload, 'metadata').usage_object,
    objectAt(payload, 'response').usage,
    { prompt_tokens, completion_tokens, total_tokens },
  ].find((usage): usage is JsonObject => isObject(usage) && saysAnything(usage));
}

function saysAnything({ prompt_tokens, completion_tokens }: JsonObject): boolean {
  return [prompt_tokens, completion_tokens].some((count) => count != null && count !== 0);
}

/**
 * Disjoint quantities, or a sentence about a contradiction. `prompt_tokens` includes what was read from and written to
 * the cache, for every provider: LiteLLM adds up what Anthropic and Bedrock count apart. `completion_tokens` includes
 * the reasoning, but for xAI's in older versions, where the total gives it away.
 */
export function quantitiesOf(usage: JsonObject, provider: string, callType: string): number[] | string {
  const prompt = objectAt(usage, 'prompt_tokens_details');
  const completion = objectAt(usage, 'completion_tokens_details');
  const lifetimes = objectAt(prompt, 'cache_creation_token_details');
  const cached = objectAt(prompt, 'cached_tokens_details');
  const serverTools = objectAt(usage, 'server_tool_use');
  const bad = badCountIn({ usage, prompt, completion, lifetimes, cached, serverTools });
  if (bad !== undefined) return bad;
  const stated = {
    cacheRead: agreed([prompt, 'cached_tokens'], [usage, 'cache_read_input_tokens']),
    cacheWrite: agreed(
      [prompt, 'cache_write_tokens'],
      [prompt, 'cache_creation_tokens'],
      [usage, 'cache_creation_input_tokens'],
    ),
    searches: agreed([serverTools, 'web_search_requests'], [prompt, 'web_search_requests']),
  };
  const disagreement = Object.values(stated).find((count) => typeof count === 'string');
  if (disagreement !== undefined) return disagreement;
  const { cacheRead, cacheWrite, searches } = stated as Record<keyof typeof stated, number>;

  const written1h = countAt(lifetimes, 'ephemeral_1h_input_tokens');
  const written5m = numberAt(lifetimes, 'ephemeral_5m_input_tokens') ?? cacheWrite - written1h;
  if (written5m + written1h !== cacheWrite) {
    return `cache writes: 5m ${written5m} + 1h ${written1h} are not cache_creation_tokens ${cacheWrite}`;
  }
  const cachedAudio = countAt(cached, 'audio_tokens');
  const heard = countAt(prompt, 'audio_tokens');
  const seen = countAt(prompt, 'image_tokens');
  const input = countAt(usage, 'prompt_tokens');
  const reasoning = countAt(completion, 'reasoning_tokens');
  const spoken = countAt(completion, 'audio_tokens');
  const output = outputTotal(usage, provider, reasoning);
  const drawn = numberAt(completion, 'image_tokens') ?? (answersPictures(callType) ? output : 0);

  const quantities = emptyPerMeter();
  quantities[METER.input] = input - cacheRead - cacheWrite - (heard - cachedAudio) - seen;
  quantities[METER.input_audio] = heard - cachedAudio;
  quantities[METER.input_image] = seen;
  quantities[METER.cache_read] = cacheRead - cachedAudio;
  quantities[METER.cache_read_audio] = cachedAudio;
  quantities[METER.cache_write_5m] = written5m;
  quantities[METER.cache_write_1h] = written1h;
  quantities[METER.output] = output - reasoning - spoken - drawn;
  quantities[METER.output_audio] = spoken;
  quantities[METER.output_image] = drawn;
  quantities[METER.reasoning] = reasoning;
  quantities[METER.web_search] = searches;
  quantities[METER.request] = 1;
  if (input > MAX_TOKENS || output > MAX_TOKENS || searches > MAX_REQUESTS) {
    return (
      `usage: at most ${MAX_TOKENS} tokens and ${MAX_REQUESTS} searches are accepted, ` +
      `got prompt_tokens ${input}, completion_tokens ${output}, web_search_requests ${searches}`
    );
  }
  if (quantities.every((quantity) => quantity >= 0)) return quantities;
  return (
    `parts exceed their total: prompt_tokens ${input} (cache read ${cacheRead}, cache write ${cacheWrite}, ` +
    `audio ${heard}, image ${seen}), completion_tokens ${output} ` +
    `(reasoning ${reasoning}, audio ${spoken}, image ${drawn})`
  );
}

/** The first count that is not a whole number of zero or more, as a sentence. What else stands there is not repeated. */
function badCountIn(parents: Readonly<Record<string, JsonObject>>): string | undefined {
  for (const [name, parent] of Object.entries(parents)) {
    for (const [key, value] of Object.entries(parent)) {
      if (value === null || !IS_COUNT.test(key)) continue;
      if (Number.isSafeInteger(value) && (value as number) >= 0) continue;
      const got = typeof value === 'number' ? value : `a ${typeof value}`;
      return `${name}.${key}: expected a whole number of 0 or more, got ${got}`;
    }
  }
  return undefined;
}

function countAt(parent: JsonObject, key: string): number {
  return numberAt(parent, key) ?? 0;
}

type Place = readonly [parent: JsonObject, key: string];

/** A count that may be in several places, 0 if in none; a sentence where two of them differ. */
function agreed(...places: readonly Place[]): number | string {
  const stated = places.filter(([parent, key]) => numberAt(parent, key) !== undefined);
  const [first, ...rest] = stated;
  if (!first) return 0;
  const count = countAt(...first);
  const differing = rest.find((place) => countAt(...place) !== count);
  return differing
    ? `usage: ${first[1]} ${count} and ${differing[1]} ${countAt(...differing)} disagree`
    : count;
}

function outputTotal(usage: JsonObject, provider: string, reasoning: number): number {
  const output = countAt(usage, 'completion_tokens');
  const isBesides = countAt(usage, 'total_tokens') === countAt(usage, 'prompt_tokens') + output + reasoning;
  return provider === 'x-ai' && isBesides ? output + reasoning : output;
}
