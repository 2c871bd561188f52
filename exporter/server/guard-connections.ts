import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../domain/ports.ts';
import { errorBody, HTTP_ERRORS, type HttpErrorCode } from './errors.ts';

export interface ConnectionLimits {
  readonly connections: number;
  /** How long a request may take to arrive, and a client to take any of its answer. */
  readonly requestMs: number;
}

/** How long a client has to take a refusal before the connection is cut. */
const LINGER_MS = 1000;
const DROPPED_LOG_MS = 60_000;

/** Limits connections and answers, in the form of every other error, what never becomes a request. */
export function guardConnections(
  server: Server,
  { connections, requestMs }: ConnectionLimits,
  log: Log,
): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => latest.set(request.socket, response));

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (refused.has(socket)) return;
    if (!socket.writable || !mayAnswer(latest.get(socket))) return void socket.destroy();
    refused.add(socket);
    socket.end(answerTo(error.code));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });

  // While nothing of an answer is out, the client waits for us, or the request's own deadline counts.
  server.setTimeout(requestMs, (socket) => {
    if (latest.get(socket)?.headersSent) socket.destroy();
  });

  server.maxConnections = connections;
  let isQuiet = false;
  server.on('drop', () => {
    if (isQuiet) return;
    isQuiet = true;
    setTimeout(() => {
      isQuiet = false;
    }, DROPPED_LOG_MS).unref();
    log.warn('connections are refused: there are as many as limits.connections allows', {
      limit: connections,
    });
  });
}

/** Each request has one answer: none that is under way or still to come may be followed or overtaken by another. */
function mayAnswer(latest: ServerResponse | undefined): boolean {
  if (!latest) return true;
  return latest.req.complete ? latest.writableFinished : !latest.headersSent;
}

function answerTo(errorCode: string | undefined): string {
  const [code, message] = PROBLEMS[errorCode ?? ''] ?? ['malformed_request', 'this is not HTTP/1.1'];
  const { status } = HTTP_ERRORS[code];
  const body = errorBody(code, message);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

const PROBLEMS: Readonly<Record<string, readonly [HttpErrorCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'the request line and headers are larger than 16 KiB'],
};
