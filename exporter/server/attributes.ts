import type { Request } from 'express';
import { CodedError } from '../domain/errors.ts';

const HEADER_PREFIX = 'x-llm-';

/**
 * Event fields that came beside a body: `X-LLM-Tenant-Id: acme` and `?tenant_id=acme` are `tenant_id`. The query wins
 * over a header, and of a name that the query has twice the last counts.
 */
export function attributesOf({ headers, query }: Request): Record<string, string> {
  const fromQuery = Object.entries(query).map(([name, value]) => [
    name,
    String(Array.isArray(value) ? value.at(-1) : value),
  ]);
  return { ...headerAttributes(headers), ...Object.fromEntries(fromQuery) };
}

/** The `X-LLM-*` headers alone. */
export function headerAttributes(headers: Request['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(HEADER_PREFIX))
      .map(([name, value]) => [name.slice(HEADER_PREFIX.length).replaceAll('-', '_'), String(value)]),
  );
}

/** Where every event has its own fields, others would be lost silently. Throws `unexpected_attributes`. */
export function refuseAttributes(request: Request): void {
  const names = Object.keys(attributesOf(request));
  if (names.length === 0) return;
  throw new CodedError(
    'unexpected_attributes',
    `${names.join(', ')}: X-LLM-* headers and query parameters are for POST /v1/usage/{provider}; expected fields in each event`,
  );
}
