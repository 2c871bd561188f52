import { CodedError } from '../domain/errors.ts';
import { textOf } from './body-text.ts';
import { contentId } from './event-id.ts';
import { type Outcome, rejected, skipped } from './outcome.ts';
import { batchLineOf, isFailure } from './provider/batch-line.ts';
import { problemOf, readProviderCall } from './provider-call.ts';
import type { Source, SourceRequest } from './source.ts';
import type { TimeBounds } from './time-bounds.ts';
import { candidatesOf, UnreadableLine } from './usage-body.ts';
import type { UsageEventReader } from './usage-events.ts';

/** Attributes that one call has and a file of them has not: each line would count them again. */
const OF_ONE_CALL = ['id', 'latency_ms', 'prompt_hash', 'cost_usd'] as const;

/** A file of batch results, one call a line; or of bare responses. */
export function createProviderBatchSource(
  reader: UsageEventReader,
  settings: { readonly eventsPerRequest: number },
): Source {
  return {
    id: 'provider_batch',
    read(request, bounds) {
      const own = OF_ONE_CALL.filter((name) => request.attributes[name] !== undefined);
      if (own.length > 0) {
        throw new CodedError(
          'unexpected_attributes',
          `${own.join(', ')}: these are of one call, and a file of responses has many; expected none of them`,
        );
      }
      const lines = candidatesOf(textOf(request.body), request.contentType, settings.eventsPerRequest);
      const problem = problemOf(request.provider, request.attributes);
      return lines.flatMap((line) => (problem ? [problem] : readLine(reader, line, request, bounds)));
    },
  };
}

function readLine(
  reader: UsageEventReader,
  line: unknown,
  { provider, attributes }: SourceRequest,
  bounds: TimeBounds,
): Outcome[] {
  if (line instanceof UnreadableLine) return [rejected('invalid_json', line.message)];
  const found = batchLineOf(line);
  if (found.kind === 'failed') return [skipped('failed_without_usage')];
  const { body } = found;
  const outcomes = readProviderCall(
    reader,
    found.kind === 'bare'
      ? { provider, body }
      : { provider, body, serviceTier: 'batch', fallbackId: () => contentId({ provider, ...found }) },
    attributes,
    bounds,
  );
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'rejected' || outcome.code !== 'usage_missing') return outcome;
    return skipped(isFailure(body) ? 'failed_without_usage' : 'usage_missing');
  });
}
