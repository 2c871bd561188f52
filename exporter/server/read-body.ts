import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { CodedError } from '../domain/errors.ts';

/** Bodies in memory at one time, as a multiple of one body's limit: what many large requests at once may take. */
const BODIES_AT_ONCE = 16;

export type ReadBody = (request: IncomingMessage) => Promise<string>;

/**
 * Reads request bodies as UTF-8, gzip undone. The limit holds for the bytes received and for what they unpack to.
 * Throws `body_too_large`, `unsupported_encoding`, `invalid_gzip`, `request_aborted`, and `too_many_bodies` while
 * others take the memory.
 */
export function bodyReader(limitBytes: number): ReadBody {
  const budget = { bytes: 0, limit: BODIES_AT_ONCE * limitBytes };
  return async (request) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > limitBytes) throw tooLarge(limitBytes);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of decoded(request)) {
        size += chunk.length;
        budget.bytes += chunk.length;
        if (size > limitBytes) throw tooLarge(limitBytes);
        if (budget.bytes > budget.limit) {
          throw new CodedError('too_many_bodies', 'too many large requests at once; try again shortly');
        }
        chunks.push(chunk);
      }
    } finally {
      budget.bytes -= size;
    }
    return (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8');
  };
}

async function* decoded(request: IncomingMessage): AsyncGenerator<Buffer> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new CodedError('unsupported_encoding', `Content-Encoding is ${encoding}, expected gzip or none`);
  }
  try {
    yield* (encoding === 'identity' ? request : request.pipe(createGunzip())) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const message = (error as Error).message;
    throw encoding === 'identity' || request.destroyed
      ? new CodedError('request_aborted', `the request body broke off: ${message}`)
      : new CodedError('invalid_gzip', `the body is not gzip as Content-Encoding says: ${message}`);
  }
}

function tooLarge(limitBytes: number): CodedError {
  return new CodedError(
    'body_too_large',
    `the body is larger than ${limitBytes} bytes (after decompression); send fewer events`,
  );
}
