import { isUtf8 } from 'node:buffer';
import { CodedError } from '../domain/errors.ts';

/** A body as text. A byte order mark is not part of it. Throws `invalid_json` if it is not UTF-8. */
export function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new CodedError('invalid_json', 'the body is not JSON: it is not UTF-8');
  const text = body.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
