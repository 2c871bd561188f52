import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { App, SourceId } from '../app/index.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { headerAttributes } from './attributes.ts';
import { refusalOf, setStatus } from './errors.ts';
import {
  ENCODING_TYPES,
  type Encoding,
  encodingOf,
  exportResponse,
  statusMessage,
  type Unit,
} from './otlp-answer.ts';
import type { ReadBody } from './read-body.ts';
import { sendRefusal } from './send-refusal.ts';

const PATHS: readonly (readonly [path: string, source: SourceId, unit: Unit])[] = [
  ['/v1/traces', 'otlp_traces', { field: 'rejectedSpans', name: 'spans' }],
  ['/v1/metrics', 'otlp_metrics', { field: 'rejectedDataPoints', name: 'data points' }],
  ['/v1/logs', 'otlp_logs', { field: 'rejectedLogRecords', name: 'log records' }],
];

/** OTLP/HTTP: `POST /v1/traces`, `/v1/metrics`, `/v1/logs`, answered in the encoding of the request. */
export function otlpRoutes(app: App, readBody: ReadBody, log: Log): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [path, source, unit] of PATHS) {
    router
      .route(path)
      .post(async (request, response) => {
        const encoding = expectEncoding(request);
        const answer = await app.ingest(source, {
          body: await readBody(request),
          contentType: ENCODING_TYPES[encoding],
          provider: '',
          attributes: headerAttributes(request.headers),
        });
        // Also if all of it was rejected: a client would resend, or report as lost, what is counted as rejected.
        send(response, exportResponse(answer, unit, encoding), encoding);
      })
      .all(onlyPost);
  }
  router.use(statusHandler(log));
  return router;
}

/** For what is none of the paths, on an address that has no others. */
export const otlpNotFound: RequestHandler = (request, response) => {
  refuse(
    request,
    response,
    'not_found',
    `nothing is served at ${request.path}; expected ${PATHS.map(([path]) => path).join(', ')}`,
  );
};

function expectEncoding({ headers }: Request): Encoding {
  const contentType = headers['content-type'];
  const encoding = encodingOf(contentType);
  if (encoding) return encoding;
  throw new CodedError(
    'unsupported_media_type',
    `Content-Type is ${contentType ?? 'missing'}, expected ${Object.values(ENCODING_TYPES).join(' or ')}`,
  );
}

const onlyPost: RequestHandler = (request, response) => {
  response.set('Allow', 'POST, OPTIONS');
  if (request.method === 'OPTIONS') return void response.status(204).end();
  refuse(request, response, 'method_not_allowed', `${request.method} ${request.path}: expected POST`);
};

/** Errors as a `google.rpc.Status`. */
function statusHandler(log: Log): ErrorRequestHandler {
  return (error, request, response, _next) => {
    if (response.headersSent) return void response.destroy();
    const { code, message } = refusalOf(error, log);
    refuse(request, response, code, message);
  };
}

function refuse(
  request: Request,
  response: Response,
  code: Parameters<typeof setStatus>[1],
  message: string,
): void {
  setStatus(response, code);
  const encoding = encodingOf(request.headers['content-type']) ?? 'json';
  sendRefusal(response, statusMessage(response.statusCode, message, encoding), ENCODING_TYPES[encoding]);
}

/** Not `response.type`, which adds a charset: the type must come back as it was sent. */
function send(response: Response, body: Buffer, encoding: Encoding): void {
  response.setHeader('Content-Type', ENCODING_TYPES[encoding]);
  response.send(body);
}
