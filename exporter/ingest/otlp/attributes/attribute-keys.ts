import { MAPPED_FIELDS, type MappedField } from '../settings.ts';

/** What an attribute can mean to us. */
export const SLOTS = [
  'provider',
  'responseModel',
  'requestModel',
  'operation',
  'requestType',
  'aiOperation',
  'spanKind',
  'responseId',
  'serverAddress',
  'serviceTier',
  'errorType',
  'finishReasons',
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'uncachedInput',
  'reasoning',
  'inputAudio',
  'outputAudio',
  'inputImage',
  'outputImage',
  'cacheReadAudio',
  'cacheReadImage',
  'cost',
  'costCurrency',
  'serviceName',
  'tokenType',
  'tokenModality',
  'eventName',
  'sessionId',
  'sequence',
  'speed',
  'durationMs',
  ...MAPPED_FIELDS,
] as const;
export type SlotName = (typeof SLOTS)[number];

/** Position of each meaning. */
export const SLOT: Readonly<Record<SlotName, number>> = Object.freeze(
  Object.fromEntries(SLOTS.map((name, index) => [name, index])) as Record<SlotName, number>,
);

/**
 * How a value is taken. `text`: few different ones. `id`: hardly ever the same twice. `list`: a text, or texts joined by
 * commas. `count`: usage; two of one meaning must agree. `amount`: a number with a fraction.
 */
export type ValueKind = 'text' | 'id' | 'list' | 'count' | 'amount';

export interface AttributeKey {
  readonly key: string;
  readonly slot: number;
  readonly kind: ValueKind;
}

export function keys(kind: ValueKind, name: SlotName, ...list: readonly string[]): readonly AttributeKey[] {
  return list.map((key) => ({ key, slot: SLOT[name], kind }));
}

/**
 * Every generation of GenAI attributes, best first where several mean the same: OpenTelemetry's present names, its
 * former ones, then those of OpenLLMetry, OpenLIT, the Vercel AI SDK (`ai.`) and OpenInference (`llm.`).
 */
export const GENAI_KEYS: readonly AttributeKey[] = [
  ...keys(
    'text',
    'provider',
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'llm.vendor',
  ),
  ...keys(
    'text',
    'responseModel',
    'gen_ai.response.model',
    'llm.response.model_name',
    'ai.response.model',
    'llm.response.model',
  ),
  ...keys(
    'text',
    'requestModel',
    'gen_ai.request.model',
    'llm.request.model_name',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
    'ai.model.id',
    'llm.request.model',
  ),
  ...keys('text', 'operation', 'gen_ai.operation.name'),
  ...keys('text', 'requestType', 'llm.request.type', 'gen_ai.request.type'),
  ...keys('text', 'aiOperation', 'ai.operationId'),
  ...keys('text', 'spanKind', 'openinference.span.kind', 'traceloop.span.kind'),
  ...keys('id', 'responseId', 'gen_ai.response.id', 'ai.response.id', 'llm.response.id'),
  ...keys('text', 'serverAddress', 'server.address', 'net.peer.name', 'gen_ai.openai.api_base'),
  ...keys(
    'text',
    'serviceTier',
    'openai.response.service_tier',
    'gen_ai.openai.response.service_tier',
    'anthropic.response.service_tier',
    'openai.request.service_tier',
    'gen_ai.openai.request.service_tier',
  ),
  ...keys('text', 'errorType', 'error.type'),
  ...keys(
    'list',
    'finishReasons',
    'gen_ai.response.finish_reasons',
    'gen_ai.response.finish_reason',
    'ai.response.finishReason',
    'llm.response.finish_reason',
    'llm.finish_reason',
  ),
  ...keys(
    'count',
    'input',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'ai.usage.input_tokens',
    'llm.token_count.prompt',
  ),
  ...keys(
    'count',
    'output',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'ai.usage.output_tokens',
    'llm.token_count.completion',
  ),
  ...keys(
    'count',
    'cacheRead',
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.prompt_tokens_details.cache_read',
    'gen_ai.usage.cached_input_tokens',
    'llm.usage.cache_read_input_tokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'llm.token_count.prompt_details.cache_read',
  ),
  ...keys(
    'count',
    'cacheWrite',
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.prompt_tokens_details.cache_write',
    'llm.usage.cache_creation_input_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
    'llm.token_count.prompt_details.cache_write',
  ),
  ...keys(
    'count',
    'cacheWrite5m',
    'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.cache_creation.ephemeral_5m.input_tokens',
  ),
  ...keys(
    'count',
    'cacheWrite1h',
    'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.cache_creation.ephemeral_1h.input_tokens',
  ),
  ...keys('text', 'uncachedInput', 'ai.usage.inputTokenDetails.noCacheTokens'),
  ...keys(
    'count',
    'reasoning',
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning',
    'llm.usage.reasoning_tokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
    'ai.usage.reasoningTokens',
    'llm.token_count.completion_details.reasoning',
  ),
  ...keys(
    'count',
    'inputAudio',
    'gen_ai.usage.audio.input_tokens',
    'gen_ai.usage.prompt_tokens_details.audio',
    'gen_ai.usage.input_token_details.audio_tokens',
    'ai.usage.input_token_details.audio_tokens',
    'llm.token_count.prompt_details.audio',
  ),
  ...keys(
    'count',
    'outputAudio',
    'gen_ai.usage.audio.output_tokens',
    'gen_ai.usage.completion_tokens_details.audio',
    'llm.token_count.completion_details.audio',
  ),
  ...keys('count', 'inputImage', 'gen_ai.usage.image.input_tokens'),
  ...keys('count', 'outputImage', 'gen_ai.usage.image.output_tokens'),
  ...keys('count', 'cacheReadAudio', 'gen_ai.usage.audio.cache_read.input_tokens'),
  ...keys('count', 'cacheReadImage', 'gen_ai.usage.image.cache_read.input_tokens'),
  ...keys('amount', 'cost', 'gen_ai.usage.cost.amount', 'gen_ai.usage.cost', 'llm.cost.total'),
  ...keys('text', 'costCurrency', 'gen_ai.usage.cost.currency'),
  ...keys('text', 'serviceName', 'service.name'),
  ...keys('text', 'tokenType', 'gen_ai.token.type'),
  ...keys('text', 'tokenModality', 'gen_ai.token.modality'),
  ...keys('text', 'eventName', 'event.name'),
];

/** Fields whose values are mostly new ones. */
const ID_FIELDS: ReadonlySet<MappedField> = new Set(['user_id', 'execution_id']);

/** The keys of the sender's choice. */
export function mappedKeys(
  attributes: Readonly<Record<MappedField, readonly string[]>>,
): readonly AttributeKey[] {
  return MAPPED_FIELDS.flatMap((field) =>
    keys(ID_FIELDS.has(field) ? 'id' : 'text', field, ...attributes[field]),
  );
}
