import type { Response } from 'express';

/** Of a shorter body the rest is read and forgotten, and the connection is kept. */
const SHORT_BODY_BYTES = 1024 * 1024;
const DRAIN_BYTES = 256 * 1024 * 1024;
const DRAIN_MS = 5000;

/**
 * Sends a JSON answer to a request whose body may not have been read. Closing a connection on which data is still
 * coming resets it, and a client that is still sending then never sees the answer. So the whole answer goes out
 * first, the rest of the body is read and forgotten for a while, and only then the connection is closed.
 */
export function sendRefusal(response: Response, json: string): void {
  const request = response.req;
  const { 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  if (request.complete || (transfer === undefined && Number(length ?? 0) <= SHORT_BODY_BYTES)) {
    request.resume();
    response.type('json').send(json);
    return;
  }
  const answer = Buffer.from(json);
  response.type('json').set('Connection', 'close').set('Content-Length', String(answer.length));
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
