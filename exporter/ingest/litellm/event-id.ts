import { hash } from 'node:crypto';
import { isUniqueId } from '../event-id.ts';
import { type JsonObject, stringAt } from '../provider/json.ts';
import { TEXT_LIMITS } from '../usage-event-schema.ts';

/**
 * The provider's response id, or LiteLLM's id of the attempt where the response has none that is unique. Both are the
 * same when a payload is sent again, and differ between the attempts at one call. Undefined without either.
 */
export function eventIdOf(payload: JsonObject): string | undefined {
  const ids = [stringAt(payload, 'id'), stringAt(payload, 'litellm_call_id')];
  const id = ids.find(isUniqueId);
  if (id === undefined) return undefined;
  return shortened(unwrapped(id));
}

/** An id from outside as it is, or its SHA-256 where it is longer than an event's may be. */
export function shortened<Id extends string | undefined>(id: Id): Id | string {
  return id === undefined || id.length <= TEXT_LIMITS.id ? id : hash('sha256', id);
}

/**
 * LiteLLM packs the ids of the Responses API with the deployment, in base64: what the provider gave is the same
 * whichever deployment it is read back from.
 */
function unwrapped(id: string): string {
  if (!id.startsWith('resp_bGl0ZWxsbT')) return id;
  const [, inner] =
    /;response_id:([^;]+)/.exec(Buffer.from(id.slice('resp_'.length), 'base64').toString()) ?? [];
  return inner ?? id;
}
