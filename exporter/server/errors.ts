import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';

interface Mapping {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** Every error code that can leave through HTTP. */
export const HTTP_ERRORS: Readonly<Record<string, Mapping>> = {
  invalid_json: { status: 400 },
  invalid_gzip: { status: 400 },
  request_aborted: { status: 400 },
  not_found: { status: 404 },
  unknown_provider: { status: 404 },
  method_not_allowed: { status: 405 },
  body_too_large: { status: 413 },
  too_many_events: { status: 413 },
  unsupported_media_type: { status: 415 },
  unsupported_encoding: { status: 415 },
  too_many_bodies: { status: 503, retryAfterSeconds: 1 },
  ledger_busy: { status: 503, retryAfterSeconds: 1 },
  ledger_unavailable: { status: 503, retryAfterSeconds: 5 },
  shutting_down: { status: 503, retryAfterSeconds: 5 },
};

export function sendError(response: Response, code: string, message: string): void {
  const { status, retryAfterSeconds } = HTTP_ERRORS[code] ?? { status: 500 };
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  // What is left of a refused body is not read: the connection cannot be used again.
  if (status === 413 || status === 503) response.set('Connection', 'close');
  response.status(status).json({ error: { code, message } });
}

export const notFound: RequestHandler = (request, response) => {
  sendError(response, 'not_found', `nothing is served at ${request.path}; GET / lists what is`);
};

/** For the other methods of a path that exists. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', methods.join(', '));
    sendError(
      response,
      'method_not_allowed',
      `${request.method} ${request.path}: expected ${methods.join(' or ')}`,
    );
  };
}

export function errorHandler(log: Log): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
    } else if (error instanceof CodedError && HTTP_ERRORS[error.code]) {
      sendError(response, error.code, error.message);
    } else if (error instanceof URIError) {
      sendError(response, 'not_found', 'the path is not valid percent-encoding');
    } else {
      log.error('request failed', { error: error instanceof Error ? error.stack : String(error) });
      sendError(response, 'internal_error', 'internal error; the log has the details');
    }
  };
}
