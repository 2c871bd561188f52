import { isObject, type JsonObject, objectAt } from '../json.ts';
import type { Assembly } from './assembly.ts';

/** Bedrock's ConverseStream: the metadata come last. An event is under its name, or the name is beside it. */
export function readConverseEvent(assembly: Assembly, event: JsonObject): void {
  const { body } = assembly;
  for (const name in event) if (name.endsWith('Exception')) assembly.failed = true;
  if (event.messageStart || event.contentBlockStart || event.contentBlockDelta) assembly.answered = true;
  const stopReason = objectAt(event, 'messageStop').stopReason ?? event.stopReason;
  if (stopReason) {
    body.stopReason = stopReason;
    assembly.answered = true;
  }
  const metadata = isObject(event.metadata) ? event.metadata : event;
  if (!isObject(metadata.usage)) return;
  if (assembly.counted) assembly.mixed = true;
  body.usage = metadata.usage;
  if (isObject(metadata.serviceTier)) body.serviceTier = metadata.serviceTier;
  assembly.counted = true;
  assembly.ended = true;
}

export function isConverseEvent(event: JsonObject): boolean {
  for (const name in event) {
    if (/^(messageSt(art|op)|contentBlock(Start|Delta|Stop)|metadata|\w+Exception)$/.test(name)) return true;
  }
  return objectAt(event, 'usage').inputTokens !== undefined || 'contentBlockIndex' in event;
}
