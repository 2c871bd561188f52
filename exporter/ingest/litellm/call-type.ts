import type { SkipReason } from '../outcome.ts';
import { type JsonObject, objectAt } from '../provider/json.ts';

/** `acompletion` is `completion`, called asynchronously. */
const ASYNC =
  /^_?a(?=completion|text_|embedding|image_|transcription|speech|rerank|responses|generate_|anthropic_|ocr|realtime)/;

/** OpenTelemetry's operation names by call type. Others keep LiteLLM's name. */
const OPERATIONS: Readonly<Record<string, string>> = {
  completion: 'chat',
  responses: 'chat',
  anthropic_messages: 'chat',
  embedding: 'embeddings',
  generate_content_stream: 'generate_content',
};

export function operationOf(callType: string): string {
  const name = callType.replace(ASYNC, '');
  return Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name]! : name;
}

/** Calls that buy nothing: they read, list or keep what other calls made. */
const MANAGEMENT = new RegExp(
  [
    '^a?(get|list|retrieve|delete|cancel|upload)_',
    '^a?(file|vector_store_file)_',
    '^a?vector_store_(create|retrieve|list|update|delete)$',
    '^a?create_(file|batch|thread|assistants|container|sandbox|skill|fine_tuning_job)$',
    '^a?video_(retrieve|content|list|delete|get)',
    '^(a_)?add_message$',
    '^a?moderation$',
    '_mcp_tools?$',
  ].join('|'),
);

/**
 * Why the usage in the payload, if any, is that of other calls or of none. Reading back a response that was made in the
 * background is the exception: it is the first to know what that used, and has its id each time.
 */
export function countedElsewhere(callType: string, payload: JsonObject): SkipReason | undefined {
  // A finished batch that is looked at sums up its calls; its results file has each of them.
  if (callType.endsWith('retrieve_batch')) return 'sum_of_others';
  if (!MANAGEMENT.test(callType)) return undefined;
  const isBackground = objectAt(payload, 'response').background === true;
  return callType.endsWith('get_responses') && isBackground ? undefined : 'not_billed';
}

/** Calls whose answer is pictures: that is what their output tokens are. */
export function answersPictures(callType: string): boolean {
  return /^a?image_/.test(callType);
}
