import { type Request, type Response, Router } from 'express';
import type { App, IngestAnswer, SourceId } from '../app/index.ts';
import { CodedError } from '../domain/errors.ts';
import { attributesOf, refuseAttributes } from './attributes.ts';
import { onlyMethod } from './errors.ts';
import type { ReadBody } from './read-body.ts';

export const JSON_TYPES = /^application\/(json|[\w.-]+\+json)\s*(;|$)/i;
const JSON_LINES = /^application\/((x-)?ndjson|jsonl|jsonlines)\s*(;|$)/i;
const EVENT_STREAM = /^text\/event-stream\s*(;|$)/i;

/** Everything that takes in usage as JSON, and how it answers. */
export function usageRoutes(app: App, readBody: ReadBody): Router {
  const router = Router({ caseSensitive: true, strict: true });

  async function takeIn(source: SourceId, request: Request, response: Response): Promise<void> {
    const answer = await app.ingest(source, {
      body: await readBody(request),
      contentType: request.headers['content-type'] ?? '',
      provider: typeof request.params.provider === 'string' ? request.params.provider : '',
      attributes: attributesOf(request),
    });
    response.status(statusOf(answer)).json(answer);
  }

  for (const [path, source] of WITH_OWN_FIELDS) {
    router
      .route(path)
      .post(async (request, response) => {
        expectType(request, JSON_TYPES, JSON_LINES);
        refuseAttributes(request);
        await takeIn(source, request, response);
      })
      .all(onlyMethod('POST'));
  }
  router
    .route('/v1/usage/:provider')
    .post(async (request, response) => {
      expectType(request, JSON_TYPES, JSON_LINES, EVENT_STREAM);
      await takeIn(providerSource(request.headers['content-type']), request, response);
    })
    .all(onlyMethod('POST'));
  return router;
}

/** Paths whose events carry all their fields themselves. */
const WITH_OWN_FIELDS: readonly (readonly [path: string, source: SourceId])[] = [
  ['/v1/usage', 'events'],
  ['/v1/litellm', 'litellm'],
  ['/v1/resources', 'resources'],
];

/** One response, a transcript of a streamed one, or a file of batch results. */
function providerSource(contentType = ''): SourceId {
  if (EVENT_STREAM.test(contentType)) return 'provider_stream';
  return JSON_LINES.test(contentType) ? 'provider_batch' : 'provider_response';
}

/** A request without a type is taken for JSON. */
function expectType({ headers }: Request, ...types: readonly RegExp[]): void {
  const contentType = headers['content-type'];
  if (contentType === undefined || types.some((type) => type.test(contentType))) return;
  const stream = types.includes(EVENT_STREAM)
    ? ', application/x-ndjson or text/event-stream'
    : ' or application/x-ndjson';
  throw new CodedError(
    'unsupported_media_type',
    `Content-Type is ${contentType}, expected application/json${stream}`,
  );
}

/** 400 only if nothing of the request was of use: a sender must not resend the good part for the sake of the bad. */
export function statusOf(answer: IngestAnswer): number {
  return answer.rejected.length > 0 && answer.accepted + answer.duplicate === 0 ? 400 : 200;
}
