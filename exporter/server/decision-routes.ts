import type { IncomingMessage, ServerResponse } from 'node:http';
import { Router } from 'express';
import type { App, DecisionAnswer } from '../app/index.ts';
import { CodedError } from '../domain/errors.ts';
import { onlyMethod } from './errors.ts';
import { bodyReader } from './read-body.ts';
import { JSON_TYPES, statusOf } from './usage-routes.ts';

/** A question is a few hundred bytes; many are read at once. */
const BODY_BYTES = 64 * 1024;

export interface DecisionEdge {
  /** Answers the two questions that calls wait for, and leaves everything else to `express`, which takes longer than the answer. */
  answer(request: IncomingMessage, response: ServerResponse, express: () => void): void;
  readonly routes: Router;
}

/**
 * Hard limits: may a call run? Answered 200 whatever the answer is: the question was understood. 4xx and 5xx say that it
 * was not answered.
 */
export function decisionEdge({ gatekeeper }: App): DecisionEdge {
  const router = Router({ caseSensitive: true, strict: true });
  const readBody = bodyReader(BODY_BYTES);
  const bodyOf = async (request: IncomingMessage) => {
    expectJson(request);
    return readBody(request);
  };
  const questions: ReadonlyMap<string, (body: Buffer) => DecisionAnswer> = new Map([
    ['/api/v1/budgets/check', (body) => gatekeeper.check(body)],
    ['/api/v1/budgets/reservations', (body) => gatekeeper.reserve(body)],
  ]);
  /** Of requests whose body is read already: express turns them into answers. */
  const failures = new WeakMap<IncomingMessage, { readonly error: unknown }>();

  for (const [path, answer] of questions) {
    router
      .route(path)
      .post(async (request, response) => {
        const failure = failures.get(request);
        if (failure) throw failure.error;
        sendDecision(response, answer(await bodyOf(request)));
      })
      .all(onlyMethod('POST'));
  }
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
  return {
    routes: router,
    answer(request, response, express) {
      const question = request.method === 'POST' ? questions.get(request.url!) : undefined;
      if (!question) return express();
      bodyOf(request)
        .then(question)
        .then(
          (answer) => sendDecision(response, answer),
          (error: unknown) => {
            failures.set(request, { error });
            express();
          },
        );
    },
  };
}

function sendDecision(response: ServerResponse, answer: DecisionAnswer): void {
  const { retry_after_seconds: retryAfter } = answer;
  const body = JSON.stringify(answer);
  response
    .writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    })
    .end(body);
}

/** A request without a type is taken for JSON. */
export function expectJson({ headers }: IncomingMessage): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || JSON_TYPES.test(contentType)) return;
  throw new CodedError('unsupported_media_type', `Content-Type is ${contentType}, expected application/json`);
}
