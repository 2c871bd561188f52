import type { Provider } from '@pydantic/genai-prices';
import { extractingProvider, FlavorReader } from './extractors.ts';
import { isObject, type JsonObject, numberAt, objectAt } from './json.ts';

/** What a body's usage looks like, whoever sent it. What its numbers mean is the provider's affair. */
export type Shape =
  | 'chat'
  | 'embeddings'
  | 'responses'
  | 'messages'
  | 'images'
  | 'realtime'
  | 'generate_content'
  | 'converse'
  | 'billed_units'
  | 'billed_units_meta'
  | 'wrapped'
  | 'usage_event';

export interface Found {
  readonly shape: Shape;
  readonly usage: JsonObject;
  /** What an extractor for the shape reads; mostly the body itself. */
  readonly source: JsonObject;
}

export function shapeOf(body: JsonObject): Found | undefined {
  const { usage, usageMetadata, tokenUsage } = body;
  if (isObject(usage)) {
    const shape = shapeOfUsage(body, usage);
    if (shape !== 'embeddings') return shape && { shape, usage, source: body };
    // Most flavors insist on a count of output tokens, which embeddings do not have.
    return { shape, usage, source: { usage: { ...usage, completion_tokens: 0 } } };
  }
  if (isObject(usageMetadata)) return { shape: 'generate_content', usage: usageMetadata, source: body };
  const realtime = objectAt(body, 'response').usage;
  if (isObject(realtime)) return { shape: 'realtime', usage: realtime, source: body };
  const wrapped = objectAt(body, 'result').usage;
  if (isObject(wrapped)) return { shape: 'wrapped', usage: wrapped, source: body };
  if (isObject(tokenUsage)) return { shape: 'usage_event', usage: tokenUsage, source: body };
  const meta = objectAt(body, 'meta');
  const billed = meta.billed_units;
  if (!isObject(billed)) return undefined;
  if (billed.output_tokens === undefined) return { shape: 'billed_units_meta', usage: billed, source: body };
  // Cohere's first chat API has its units where its embeddings have theirs.
  return { shape: 'billed_units', usage: meta, source: { usage: meta } };
}

function shapeOfUsage(body: JsonObject, usage: JsonObject): Shape | undefined {
  if (isObject(usage.billed_units)) return 'billed_units';
  if (usage.prompt_tokens !== undefined) {
    const answersNothing = usage.completion_tokens === undefined && body.choices === undefined;
    return answersNothing ? 'embeddings' : 'chat';
  }
  if (usage.inputTokens !== undefined) return 'converse';
  if (usage.billable_audio_seconds !== undefined) return 'realtime';
  if (usage.input_tokens === undefined) return undefined;
  if (
    body.type === 'message' ||
    usage.cache_creation_input_tokens !== undefined ||
    usage.cache_read_input_tokens !== undefined
  ) {
    return 'messages';
  }
  if (numberAt(objectAt(usage, 'input_tokens_details'), 'image_tokens') !== undefined) return 'images';
  return 'responses';
}

/** The catalogue's API flavors that read a shape, best first. */
const FLAVORS: Readonly<Record<Shape, readonly string[]>> = {
  chat: ['chat', 'default'],
  embeddings: ['embeddings', 'chat', 'default'],
  responses: ['responses', 'default'],
  messages: ['anthropic', 'default'],
  images: ['images', 'responses'],
  realtime: ['realtime'],
  generate_content: ['default'],
  converse: ['default'],
  billed_units: ['default'],
  billed_units_meta: ['embeddings'],
  wrapped: ['default'],
  usage_event: ['usage-event'],
};

/** The field by which a `default` flavor shows which shape it reads: each provider's own `default` is another. */
const DEFAULT_READS: Readonly<Partial<Record<Shape, string>>> = {
  chat: 'prompt_tokens',
  embeddings: 'prompt_tokens',
  responses: 'input_tokens',
  messages: 'cache_read_input_tokens',
  generate_content: 'promptTokenCount',
  converse: 'inputTokens',
  billed_units: 'input_tokens',
  wrapped: 'prompt_tokens',
};

/** Formats that a provider offers as their inventors do but of which the catalogue does not know: whose they are. */
const RELAYED: Readonly<Record<string, Readonly<Partial<Record<Shape, string>>>>> = {
  openrouter: { responses: 'openai', messages: 'anthropic' },
  aws: { responses: 'openai' },
  google: { responses: 'openai' },
  groq: { responses: 'openai' },
  fireworks: { responses: 'openai', messages: 'anthropic' },
  perplexity: { responses: 'openai' },
  'x-ai': { responses: 'openai', messages: 'anthropic' },
  'github-copilot': { messages: 'anthropic' },
  deepseek: { messages: 'anthropic' },
  moonshotai: { messages: 'anthropic' },
  zai: { messages: 'anthropic' },
  zhipuai: { messages: 'anthropic' },
};

const READERS = new Map<string, FlavorReader | undefined>();

/** What reads a shape for a provider; `undefined` where the provider has no such API. */
export function readerFor(provider: Provider, shape: Shape, usage: JsonObject): FlavorReader | undefined {
  // xAI's two chat formats differ in where the reasoning is, which comes on top of the completion.
  const isFlat = provider.id === 'x-ai' && shape === 'chat' && usage.reasoning_tokens !== undefined;
  const key = isFlat ? 'x-ai flat' : `${provider.id} ${shape}`;
  if (!READERS.has(key)) READERS.set(key, newReader(provider, shape, isFlat));
  return READERS.get(key);
}

function newReader(provider: Provider, shape: Shape, isFlat: boolean): FlavorReader | undefined {
  const flavor = isFlat ? 'default' : flavorFor(provider, shape);
  if (flavor !== undefined) return new FlavorReader(provider, flavor);
  const original = extractingProvider(RELAYED[provider.id]?.[shape] ?? '');
  return original && newReader(original, shape, false);
}

function flavorFor({ extractors = [] }: Provider, shape: Shape): string | undefined {
  return FLAVORS[shape].find((flavor) => {
    const extractor = extractors.find((candidate) => candidate.api_flavor === flavor);
    if (!extractor || flavor !== 'default') return extractor !== undefined;
    const field = DEFAULT_READS[shape];
    return extractor.mappings.some((mapping) => mapping.path === field);
  });
}
