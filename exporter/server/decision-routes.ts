import { type Request, type Response, Router } from 'express';
import type { App, DecisionAnswer } from '../app/index.ts';
import { CodedError } from '../domain/errors.ts';
import { onlyMethod } from './errors.ts';
import { bodyReader } from './read-body.ts';
import { JSON_TYPES, statusOf } from './usage-routes.ts';

/** A question is a few hundred bytes; many are read at once. */
const BODY_BYTES = 64 * 1024;

/**
 * Hard limits: may a call run? Answered 200 whatever the answer is: the question was understood. 4xx and 5xx say that it
 * was not answered.
 */
export function decisionRoutes({ gatekeeper }: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const readBody = bodyReader(BODY_BYTES);
  const bodyOf = (request: Request) => {
    expectJson(request);
    return readBody(request);
  };

  router
    .route('/api/v1/budgets/check')
    .post(async (request, response) => sendDecision(response, gatekeeper.check(await bodyOf(request))))
    .all(onlyMethod('POST'));
  router
    .route('/api/v1/budgets/reservations')
    .post(async (request, response) => sendDecision(response, gatekeeper.reserve(await bodyOf(request))))
    .all(onlyMethod('POST'));
  router
    .route('/api/v1/budgets/reservations/:id/settle')
    .post(async (request, response) => {
      const answer = await gatekeeper.settle(request.params.id, await bodyOf(request));
      response.status('accepted' in answer ? statusOf(answer) : 200).json(answer);
    })
    .all(onlyMethod('POST'));
  router
    .route('/api/v1/budgets/reservations/:id')
    .delete((request, response) => {
      gatekeeper.release(request.params.id);
      response.status(204).end();
    })
    .all(onlyMethod('DELETE'));
  return router;
}

function sendDecision(response: Response, answer: DecisionAnswer): void {
  if (answer.retry_after_seconds !== undefined)
    response.set('Retry-After', String(answer.retry_after_seconds));
  response.json(answer);
}

/** A request without a type is taken for JSON. */
export function expectJson({ headers }: Request): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || JSON_TYPES.test(contentType)) return;
  throw new CodedError('unsupported_media_type', `Content-Type is ${contentType}, expected application/json`);
}
