import { hash } from 'node:crypto';
import { CodedError } from '../../../domain/errors.ts';
import { type Outcome, skipped } from '../../outcome.ts';
import type { Source, SourceRequest } from '../../source.ts';
import type { TimeBounds } from '../../time-bounds.ts';
import { MAX_LATENCY_MS } from '../../usage-event-schema.ts';
import { GENAI_KEYS, keys, mappedKeys, SLOT } from '../attributes/attribute-keys.ts';
import { AttributeTable } from '../attributes/attribute-table.ts';
import { Attributes } from '../attributes/attributes.ts';
import { fillFromHeaders } from '../attributes/header-fields.ts';
import { CallReader } from '../calls/call-reader.ts';
import { CLAUDE_CODE_EVENT_KEYS, fillClaudeCode } from '../calls/claude-code.ts';
import { roleOf } from '../calls/span-role.ts';
import { msOfNanos } from '../encoding/wire.ts';
import { type OtlpSettings, signalOf } from '../settings.ts';
import { type LogRecord, type LogResource, logRecordsOf } from './logs-request.ts';

/** Events that tell of a call. Claude Code's own attribute leaves its prefix out, and a record may name only that. */
const EVENTS: Readonly<Record<string, 'claude_code' | 'claude_code_error' | 'gen_ai'>> = {
  'claude_code.api_request': 'claude_code',
  'claude_code.api_error': 'claude_code_error',
  'gen_ai.client.inference.operation.details': 'gen_ai',
};
const CLAUDE_CODE_SCOPE = 'com.anthropic.claude_code';

/** `POST /v1/logs`: the events in it that tell of calls. All other records are nothing to us. */
export function createOtlpLogsSource(settings: OtlpSettings): Source {
  const reader = new CallEvents(settings);
  return { id: 'otlp_logs', read: (request, bounds) => reader.read(request, bounds) };
}

class CallEvents {
  readonly #settings: OtlpSettings;
  readonly #calls = new CallReader();
  readonly #resource: Attributes;
  readonly #genAi: Attributes;
  readonly #claudeCode: Attributes;
  readonly #name = new Attributes(new AttributeTable(keys('text', 'eventName', 'event.name')));

  constructor(settings: OtlpSettings) {
    this.#settings = settings;
    const owners = mappedKeys(settings.attributes);
    const genAi = new AttributeTable([...GENAI_KEYS, ...owners]);
    this.#genAi = new Attributes(genAi);
    this.#resource = new Attributes(genAi);
    this.#claudeCode = new Attributes(new AttributeTable([...CLAUDE_CODE_EVENT_KEYS, ...owners]));
  }

  read(request: SourceRequest, bounds: TimeBounds): Outcome[] {
    const limit = this.#settings.eventsPerRequest;
    const outcomes: Outcome[] = [];
    let sender: LogResource | undefined;
    for (const record of logRecordsOf(request.body, request.contentType)) {
      const event = this.#eventOf(record);
      if (event === undefined) continue;
      if (outcomes.length === limit) {
        throw new CodedError(
          'too_many_events',
          `more than ${limit} calls in one request; send fewer at once`,
        );
      }
      if (record.resource !== sender) {
        sender = record.resource;
        this.#resource.clear();
        sender.readAttributes(this.#resource);
        fillFromHeaders(this.#resource, request.attributes);
      }
      if (signalOf(this.#settings, this.#resource.text(SLOT.serviceName)) !== 'logs') {
        outcomes.push(skipped('not_authoritative'));
      } else if (event === 'claude_code_error') outcomes.push(skipped('failed_without_usage'));
      else outcomes.push(this.#outcomeOf(record, event, bounds));
    }
    return outcomes;
  }

  #eventOf(record: LogRecord) {
    const { name } = record;
    if (Object.hasOwn(EVENTS, name)) return EVENTS[name];
    // A name that is none of ours may still be beside an attribute that is.
    this.#name.clear();
    record.readAttributes(this.#name);
    const said = this.#name.text(SLOT.eventName);
    if (Object.hasOwn(EVENTS, said)) return EVENTS[said];
    const inFull = `claude_code.${said}`;
    return record.scope.startsWith(CLAUDE_CODE_SCOPE) && Object.hasOwn(EVENTS, inFull)
      ? EVENTS[inFull]
      : undefined;
  }

  #outcomeOf(record: LogRecord, event: 'claude_code' | 'gen_ai', bounds: TimeBounds): Outcome {
    const isClaudeCode = event === 'claude_code';
    const attributes = isClaudeCode ? this.#claudeCode : this.#genAi;
    attributes.clear();
    record.readAttributes(attributes);
    if (isClaudeCode) fillClaudeCode(attributes);
    const role = roleOf(attributes);
    if (role === 'other' || role === 'tool') return skipped('sum_of_others');
    if (!attributes.hasUsage) {
      return skipped(attributes.has(SLOT.errorType) ? 'failed_without_usage' : 'usage_missing');
    }
    return this.#calls.read(
      attributes,
      {
        resource: this.#resource,
        scope: isClaudeCode ? CLAUDE_CODE_SCOPE : record.scope,
        timestampMs: msOfNanos(record.timeNanos),
        latencyMs: latencyOf(attributes),
        hasFailed: false,
        idText: () =>
          isClaudeCode ? contentId(record, attributes) : spanId(record) || contentId(record, attributes),
      },
      bounds,
    );
  }
}

/** The id that the call's span has. */
function spanId({ traceId, spanId }: LogRecord): string {
  return traceId !== '' && spanId !== '' ? `${traceId}:${spanId}` : '';
}

/** What the record says of the call, to the nanosecond: the same when it is sent again. */
function contentId({ timeNanos, traceId, spanId }: LogRecord, attributes: Attributes): string {
  const texts = [SLOT.sessionId, SLOT.sequence, SLOT.requestModel, SLOT.responseModel].map((slot) =>
    attributes.text(slot),
  );
  const counts = [SLOT.input, SLOT.output, SLOT.cacheRead, SLOT.cacheWrite, SLOT.durationMs].map((slot) =>
    attributes.number(slot),
  );
  return hash('sha256', JSON.stringify([timeNanos, traceId, spanId, texts, counts]), 'base64url');
}

function latencyOf(attributes: Attributes): number | undefined {
  const milliseconds = attributes.number(SLOT.durationMs);
  if (milliseconds === undefined || !(milliseconds >= 0 && milliseconds <= MAX_LATENCY_MS)) return undefined;
  return Math.round(milliseconds);
}
