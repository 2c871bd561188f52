import type { Provider } from '@pydantic/genai-prices';
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

export function shapeOf(body: JsonObject): { readonly shape: Shape; readonly usage: JsonObject } | undefined {
  const nested: readonly (readonly [shape: Shape, usage: unknown])[] = [
    ['generate_content', body.usageMetadata],
    ['realtime', objectAt(body, 'response').usage],
    ['wrapped', objectAt(body, 'result').usage],
    ['usage_event', body.tokenUsage],
    ['billed_units_meta', objectAt(body, 'meta').billed_units],
  ];
  if (isObject(body.usage)) {
    const shape = shapeOfUsage(body, body.usage);
    return shape && { shape, usage: body.usage };
  }
  for (const [shape, usage] of nested) if (isObject(usage)) return { shape, usage };
  return undefined;
}

function shapeOfUsage(body: JsonObject, usage: JsonObject): Shape | undefined {
  if (isObject(usage.billed_units)) return 'billed_units';
  if (usage.prompt_tokens !== undefined) {
    const answersNothing = usage.completion_tokens === undefined && body.choices === undefined;
    return answersNothing ? 'embeddings' : 'chat';
  }
  if (usage.inputTokens !== undefined) return 'converse';
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

/** The provider's flavor for a shape; `undefined` where the provider has no such API. */
export function flavorFor(provider: Provider, shape: Shape, usage: JsonObject): string | undefined {
  // xAI's two chat formats differ in where the reasoning is, which comes on top of the completion.
  if (provider.id === 'x-ai' && shape === 'chat' && usage.reasoning_tokens !== undefined) return 'default';
  return FLAVORS[shape].find((flavor) => {
    const extractor = provider.extractors?.find((candidate) => candidate.api_flavor === flavor);
    if (!extractor || flavor !== 'default') return extractor !== undefined;
    const field = DEFAULT_READS[shape];
    return extractor.mappings.some((mapping) => mapping.path === field);
  });
}
