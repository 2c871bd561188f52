import { MAPPED_FIELDS } from '../settings.ts';
import { SLOT } from './attribute-keys.ts';
import type { Attributes } from './attributes.ts';

/** What the `X-LLM-*` headers of a request say, where the sender's own attributes say nothing. Other names mean nothing. */
export function fillFromHeaders(resource: Attributes, given: Readonly<Record<string, string>>): void {
  for (const field of MAPPED_FIELDS) {
    if (Object.hasOwn(given, field)) resource.fill(SLOT[field], given[field]!);
  }
}
