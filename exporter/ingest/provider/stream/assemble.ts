import { isObject, type JsonObject, stringAt } from '../json.ts';
import type { Assembly } from './assembly.ts';
import { readChatChunk } from './chat.ts';
import { readCohereEvent } from './cohere.ts';
import { isConverseEvent, readConverseEvent } from './converse.ts';
import { readGenerateContentChunk } from './generate-content.ts';
import { readMessagesEvent } from './messages.ts';
import { readResponsesEvent } from './responses.ts';

/** Adds one event of a stream, in whichever format it is. */
export function addToAssembly(assembly: Assembly, event: unknown): void {
  if (!isObject(event)) return;
  const type = stringAt(event, 'type') ?? stringAt(event, 'event_type') ?? '';
  const isError = type === 'error' || event.object === 'error';
  if (isError || event.error != null) {
    assembly.failed = true;
    // Its text may quote the prompt.
    assembly.body.error = {};
  }
  if (isError || type === 'ping') return;
  if (type.startsWith('response.')) readResponsesEvent(assembly, event, type);
  else if (/^(message|content_block)_/.test(type)) readMessagesEvent(assembly, event, type);
  else if (/^(message|content|tool|citation)-|^stream-|^text-generation$/.test(type)) {
    readCohereEvent(assembly, event, type);
  } else if (isGenerateContent(event)) readGenerateContentChunk(assembly, event);
  else if (event.choices === undefined && isConverseEvent(event)) readConverseEvent(assembly, event);
  else if (event.error == null || event.choices !== undefined) readChatChunk(assembly, event);
}

function isGenerateContent(event: JsonObject): boolean {
  return 'candidates' in event || 'usageMetadata' in event || 'promptFeedback' in event;
}
