import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import { CodedError } from '../domain/errors.ts';

/** Bodies in memory at one time, as a multiple of one body's limit: what many large requests at once may take. */
const BODIES_AT_ONCE = 16;

export type ReadBody = (request: IncomingMessage) => Promise<Buffer>;

/**
 * Reads request bodies, gzip undone. The limit holds for the bytes received and for what they unpack to. Rejects with
 * `body_too_large`, `unsupported_encoding`, `invalid_gzip`, `request_aborted`, and `too_many_bodies` while others take
 * the memory. A request is never destroyed: what is left of it flows by unread, so that it can still be answered.
 */
export function bodyReader(limitBytes: number): ReadBody {
  const held = { bytes: 0, limit: BODIES_AT_ONCE * limitBytes };
  return (request) =>
    new Promise((resolve, reject) => {
      if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
      const gunzip = gunzipFor(request);
      const source = gunzip ?? request;
      const chunks: Buffer[] = [];
      let received = 0;
      let size = 0;

      const onReceived = (chunk: Buffer) => {
        received += chunk.length;
        if (received > limitBytes) refuse(tooLarge(limitBytes));
      };
      const onData = (chunk: Buffer) => {
        size += chunk.length;
        held.bytes += chunk.length;
        chunks.push(chunk);
        if (size > limitBytes) refuse(tooLarge(limitBytes));
        else if (held.bytes > held.limit) {
          refuse(new CodedError('too_many_bodies', 'too many large requests at once; try again shortly'));
        }
      };
      const settle = () => {
        source.off('data', onData).off('end', onEnd);
        held.bytes -= size;
        size = 0;
        if (!gunzip) return;
        request.off('data', onReceived).unpipe(gunzip).resume();
        gunzip.destroy();
      };
      const refuse = (error: CodedError) => {
        settle();
        chunks.length = 0;
        reject(error);
      };
      const onEnd = () => {
        settle();
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      };

      source.on('data', onData).on('end', onEnd);
      request.once('error', ({ message }) =>
        refuse(new CodedError('request_aborted', `the request body broke off: ${message}`)),
      );
      if (!gunzip) return;
      gunzip.on('error', ({ message }) =>
        refuse(new CodedError('invalid_gzip', `the body is not gzip as Content-Encoding says: ${message}`)),
      );
      request.on('data', onReceived).pipe(gunzip);
    });
}

function gunzipFor(request: IncomingMessage): Gunzip | undefined {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return undefined;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  throw new CodedError('unsupported_encoding', `Content-Encoding is ${encoding}, expected gzip or none`);
}

function tooLarge(limitBytes: number): CodedError {
  return new CodedError(
    'body_too_large',
    `the body is larger than ${limitBytes} bytes (after decompression); send fewer events`,
  );
}
