import type { Response } from 'express';

/** Of a shorter body the rest is read and forgotten, and the connection is kept. */
const SHORT_BODY_BYTES = 1024 * 1024;
const DRAIN_BYTES = 256 * 1024 * 1024;
const DRAIN_MS = 5000;

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Sends an answer, JSON unless said otherwise, to a request whose body may not have been read. Closing a connection on which data is still
 * coming resets it, and a client that is still sending then never sees the answer. So the whole answer goes out
 * first, the rest of the body is read and forgotten for a while, and only then the connection is closed.
 */
export function sendRefusal(response: Response, body: string | Buffer, contentType = JSON_TYPE): void {
  const request = response.req;
  const answer = Buffer.from(body);
  // Not `set`, which adds a charset to types that must come back as they were sent.
  response.setHeader('Content-Type', contentType);
  const { 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  if (request.complete || (transfer === undefined && Number(length ?? 0) <= SHORT_BODY_BYTES)) {
    request.resume();
    response.send(answer);
    return;
  }
  response.set('Connection', 'close').set('Content-Length', String(answer.length));
  response.write(answer);

  let drained = 0;
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, DRAIN_MS);
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > DRAIN_BYTES) finish();
  });
  request.once('end', finish);
  request.once('close', finish);
}
