import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { sendRefusal } from './send-refusal.ts';

interface Mapping {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** Every error code that can leave through HTTP, apart from the rejections of single events. */
export const HTTP_ERRORS = {
  invalid_json: { status: 400 },
  invalid_protobuf: { status: 400 },
  invalid_gzip: { status: 400 },
  invalid_path: { status: 400 },
  unexpected_attributes: { status: 400 },
  malformed_request: { status: 400 },
  invalid_request: { status: 400 },
  request_aborted: { status: 400 },
  not_found: { status: 404 },
  reservation_not_found: { status: 404 },
  budget_not_found: { status: 404 },
  method_not_allowed: { status: 405 },
  request_timeout: { status: 408 },
  budget_in_file: { status: 409 },
  too_many_budgets: { status: 409 },
  body_too_large: { status: 413 },
  too_many_events: { status: 413 },
  unsupported_media_type: { status: 415 },
  unsupported_encoding: { status: 415 },
  headers_too_large: { status: 431 },
  internal_error: { status: 500 },
  too_many_bodies: { status: 503, retryAfterSeconds: 1 },
  reservations_full: { status: 503, retryAfterSeconds: 1 },
  ledger_busy: { status: 503, retryAfterSeconds: 1 },
  ledger_unavailable: { status: 503, retryAfterSeconds: 5 },
  budgets_unavailable: { status: 503, retryAfterSeconds: 5 },
  budget_journal_full: { status: 507 },
} as const satisfies Readonly<Record<string, Mapping>>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export function sendError(response: Response, code: HttpErrorCode, message: string): void {
  setStatus(response, code);
  sendRefusal(response, errorBody(code, message));
}

/** Status and Retry-After of a code. */
export function setStatus(response: Response, code: HttpErrorCode): void {
  const { status, retryAfterSeconds }: Mapping = HTTP_ERRORS[code];
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  response.status(status);
}

export function errorBody(code: HttpErrorCode, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

export const notFound: RequestHandler = (request, response) => {
  sendError(response, 'not_found', `nothing is served at ${request.path}; GET / lists what is`);
};

/** For the other methods of a path that exists. Express lets HEAD through where there is GET. */
export function onlyMethod(...methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]): RequestHandler {
  const allowed = methods.map((method) => `${method === 'GET' ? 'GET, HEAD' : method}, `).join('');
  return (request, response) => {
    response.set('Allow', `${allowed}OPTIONS`);
    if (request.method === 'OPTIONS') response.status(204).end();
    else {
      sendError(
        response,
        'method_not_allowed',
        `${request.method} ${request.path}: expected ${methods.join(', ')}`,
      );
    }
  };
}

export function errorHandler(log: Log): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    if (response.headersSent) return void response.destroy();
    const { code, message } = refusalOf(error, log);
    sendError(response, code, message);
  };
}

/** What a client is told of an error. One that it cannot have caused goes to the log instead. */
export function refusalOf(
  error: unknown,
  log: Log,
): { readonly code: HttpErrorCode; readonly message: string } {
  if (error instanceof CodedError && isHttpError(error.code)) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof URIError) {
    return { code: 'invalid_path', message: 'the path is not valid percent-encoding' };
  }
  log.error('request failed', { error: error instanceof Error ? error.stack : String(error) });
  return { code: 'internal_error', message: 'internal error; the log has the details' };
}

function isHttpError(code: string): code is HttpErrorCode {
  return Object.hasOwn(HTTP_ERRORS, code);
}
