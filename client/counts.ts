import { isObject, type JsonObject } from './json.ts';
import type { UsageCounts } from './wire.ts';

/**
 * The counts of an OpenAI response (chat completions, completions, responses, embeddings), whose totals include
 * their parts as the exporter's do. `undefined` where the usage says more than an event can: the exporter reads
 * such a response itself.
 */
export function openaiCounts(body: JsonObject): UsageCounts | undefined {
  if (!isObject(body.usage)) return undefined;
  const { usage } = body;
  const isChat = usage.prompt_tokens !== undefined;
  if (isChat === (usage.input_tokens !== undefined)) return undefined;
  const [input, output] = isChat
    ? [usage.prompt_tokens, usage.completion_tokens]
    : [usage.input_tokens, usage.output_tokens];
  const isEmbedding = isChat && output === undefined && body.choices === undefined;
  if (typeof input !== 'number' || (!isEmbedding && typeof output !== 'number')) return undefined;
  const counts = countsByPath(usage);
  return counts && named(counts, isChat ? CHAT : RESPONSES);
}

/** The counts of an Anthropic message, whose `input_tokens` are those that no cache had. Otherwise as above. */
export function anthropicCounts(body: JsonObject): UsageCounts | undefined {
  if (!isObject(body.usage)) return undefined;
  const { usage } = body;
  if (typeof usage.input_tokens !== 'number' || typeof usage.output_tokens !== 'number') return undefined;
  const counts = countsByPath(usage);
  if (!counts || [...counts.keys()].some((path) => !MESSAGE.has(path))) return undefined;
  const at = (path: string) => counts.get(path) ?? 0;
  const written = at('cache_creation_input_tokens');
  const written1h = at('cache_creation.ephemeral_1h_input_tokens');
  const isSplit = isObject(usage.cache_creation) && usage.cache_creation.ephemeral_5m_input_tokens != null;
  const written5m = isSplit ? at('cache_creation.ephemeral_5m_input_tokens') : written - written1h;
  if (written5m < 0 || written5m + written1h !== written) return undefined;
  const read = at('cache_read_input_tokens');
  return withoutZeros({
    input_tokens: at('input_tokens') + read + written,
    cache_read_tokens: read,
    cache_write_5m_tokens: written5m,
    cache_write_1h_tokens: written1h,
    output_tokens: at('output_tokens'),
    reasoning_tokens: at('output_tokens_details.thinking_tokens'),
  });
}

type Names = ReadonlyMap<string, keyof UsageCounts | 'part of another'>;

const CHAT: Names = new Map([
  ['prompt_tokens', 'input_tokens'],
  ['prompt_tokens_details.cached_tokens', 'cache_read_tokens'],
  ['prompt_tokens_details.cache_write_tokens', 'cache_write_5m_tokens'],
  ['prompt_tokens_details.audio_tokens', 'input_audio_tokens'],
  ['completion_tokens', 'output_tokens'],
  ['completion_tokens_details.reasoning_tokens', 'reasoning_tokens'],
  ['completion_tokens_details.audio_tokens', 'output_audio_tokens'],
  ['completion_tokens_details.accepted_prediction_tokens', 'part of another'],
  ['completion_tokens_details.rejected_prediction_tokens', 'part of another'],
  ['total_tokens', 'part of another'],
]);

const RESPONSES: Names = new Map([
  ['input_tokens', 'input_tokens'],
  ['input_tokens_details.cached_tokens', 'cache_read_tokens'],
  ['input_tokens_details.cache_write_tokens', 'cache_write_5m_tokens'],
  ['output_tokens', 'output_tokens'],
  ['output_tokens_details.reasoning_tokens', 'reasoning_tokens'],
  ['total_tokens', 'part of another'],
]);

/** What an event can say of a message. A fetch of a page is free, a search is not. */
const MESSAGE = new Set([
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation.ephemeral_5m_input_tokens',
  'cache_creation.ephemeral_1h_input_tokens',
  'output_tokens',
  'output_tokens_details.thinking_tokens',
  'server_tool_use.web_fetch_requests',
]);

function named(counts: ReadonlyMap<string, number>, names: Names): UsageCounts | undefined {
  const found: { -readonly [name in keyof UsageCounts]: number } = { input_tokens: 0, output_tokens: 0 };
  for (const [path, count] of counts) {
    const name = names.get(path);
    if (name === undefined) return undefined;
    if (name !== 'part of another') found[name] = count;
  }
  return found;
}

/** Every count above 0 by its path, or `undefined` if one is no whole number of 0 or more. */
function countsByPath(usage: JsonObject, prefix = ''): ReadonlyMap<string, number> | undefined {
  const counts = new Map<string, number>();
  for (const [key, value] of Object.entries(usage)) {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || value < 0) return undefined;
      if (value > 0) counts.set(prefix + key, value);
    } else if (Array.isArray(value)) {
      if (value.length > 0) return undefined;
    } else if (isObject(value)) {
      const inner = prefix === '' ? countsByPath(value, `${key}.`) : undefined;
      if (!inner) return undefined;
      for (const [path, count] of inner) counts.set(path, count);
    }
  }
  return counts;
}

function withoutZeros(
  counts: Readonly<
    Record<keyof Omit<UsageCounts, 'requests' | 'input_audio_tokens' | 'output_audio_tokens'>, number>
  >,
): UsageCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
