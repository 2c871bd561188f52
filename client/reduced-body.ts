import { isObject, type JsonObject } from './json.ts';

/** Names, times and ends of calls: short texts that no model wrote. */
const TEXTS = new Set([
  'id',
  'responseId',
  'model',
  'modelVersion',
  'object',
  'type',
  'created_at',
  'createTime',
  'service_tier',
  'serviceTier',
  'trafficType',
  'modality',
  'speed',
  'inference_geo',
  'status',
  'stop_reason',
  'stopReason',
  'finish_reason',
  'finishReason',
  'blockReason',
]);

/** Where counts are: every figure in them is kept. */
const COUNTS = new Set(['usage', 'usageMetadata', 'tokenUsage', 'meta']);

/** What is looked into for the texts and counts above. */
const PARTS = new Set([
  'choices',
  'candidates',
  'response',
  'result',
  'promptFeedback',
  'serviceTier',
  'error',
]);

/** Which operation it was is only to be seen from these being there. */
const SIGNS = new Set(['embedding', 'embeddings']);

const MAX_TEXT = 256;
const MAX_DEPTH = 6;
const MAX_ITEMS = 128;

/** A response without what was asked and answered: what the exporter's extractors look at, and nothing else. */
export function reducedBody(body: JsonObject): JsonObject {
  return reduced(body, false, MAX_DEPTH) as JsonObject;
}

function reduced(value: unknown, isCounts: boolean, depth: number): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).map((item) => (depth > 0 ? reduced(item, isCounts, depth - 1) : null));
  }
  if (!isObject(value)) return isCounts && isFigure(value) ? value : null;
  const kept: Record<string, unknown> = {};
  for (const [key, content] of Object.entries(value)) {
    if (typeof content === 'string') {
      if (TEXTS.has(key) && content.length <= MAX_TEXT) kept[key] = content;
    } else if (isFigure(content)) {
      if (isCounts || key === 'created' || key === 'created_at') kept[key] = content;
    } else if (typeof content === 'object' && content !== null && depth > 0) {
      if (isCounts || COUNTS.has(key)) kept[key] = reduced(content, true, depth - 1);
      else if (PARTS.has(key)) kept[key] = reduced(content, false, depth - 1);
      else if (SIGNS.has(key)) kept[key] = {};
    }
  }
  return kept;
}

function isFigure(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}
