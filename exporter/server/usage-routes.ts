import { Router } from 'express';
import type { App, IngestAnswer } from '../app/index.ts';
import { CodedError } from '../domain/errors.ts';
import { attributesOf, refuseAttributes } from './attributes.ts';
import { onlyMethod } from './errors.ts';
import type { ReadBody } from './read-body.ts';

const JSON_TYPES = /^application\/(json|(x-)?ndjson|jsonl|jsonlines|[\w.-]+\+json)\s*(;|$)/i;

/** `POST /v1/usage` and `POST /v1/usage/{provider}`. */
export function usageRoutes(app: App, readBody: ReadBody): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/v1/usage')
    .post(async (request, response) => {
      const contentType = expectJson(request.headers['content-type']);
      refuseAttributes(request);
      const answer = await app.ingestEvents(await readBody(request), contentType);
      response.status(statusOf(answer)).json(answer);
    })
    .all(onlyMethod('POST'));
  router
    .route('/v1/usage/:provider')
    .post(async (request, response) => {
      expectJson(request.headers['content-type']);
      const { provider } = request.params;
      const body = await readBody(request);
      const answer = await app.ingestResponse(provider, body, attributesOf(request));
      response.status(statusOf(answer)).json(answer);
    })
    .all(onlyMethod('POST'));
  return router;
}

function expectJson(contentType: string | undefined): string {
  if (contentType === undefined || JSON_TYPES.test(contentType)) return contentType ?? 'application/json';
  throw new CodedError(
    'unsupported_media_type',
    `Content-Type is ${contentType}, expected application/json or application/x-ndjson`,
  );
}

/** 400 only if nothing of the request was of use: a sender must not resend the good part for the sake of the bad. */
function statusOf(answer: IngestAnswer): number {
  return answer.rejected.length > 0 && answer.accepted + answer.duplicate === 0 ? 400 : 200;
}
