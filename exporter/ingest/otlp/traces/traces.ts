import { CodedError } from '../../../domain/errors.ts';
import { type Outcome, skipped } from '../../outcome.ts';
import type { Source, SourceRequest } from '../../source.ts';
import type { TimeBounds } from '../../time-bounds.ts';
import { MAX_LATENCY_MS } from '../../usage-event-schema.ts';
import { GENAI_KEYS, mappedKeys, SLOT } from '../attributes/attribute-keys.ts';
import { AttributeTable } from '../attributes/attribute-table.ts';
import { Attributes } from '../attributes/attributes.ts';
import { fillFromHeaders } from '../attributes/header-fields.ts';
import { type CallFacts, CallReader } from '../calls/call-reader.ts';
import { roleOf } from '../calls/span-role.ts';
import { msOfNanos } from '../encoding/wire.ts';
import { type OtlpSettings, signalOf } from '../settings.ts';
import { Span } from './span.ts';
import { CALL_BELOW, type SpanKeys, SpanTree, USAGE_BELOW } from './span-tree.ts';
import { readTracesJson } from './traces-json.ts';
import { readTracesWire } from './traces-wire.ts';

const JSON_TYPE = /^application\/json\s*(;|$)/i;

export function createOtlpTracesSource(settings: OtlpSettings): Source {
  const reader = new SpanReader(settings);
  return {
    id: 'otlp_traces',
    read: (request, bounds) => reader.read(request, bounds),
    settled: (outcomes, areStored) => reader.settled(outcomes, areStored),
  };
}

/** A call whose outcome depends on what is above and below it. */
interface Call {
  readonly outcomeIndex: number;
  readonly keys: SpanKeys;
  /** What it is to the spans above it. */
  readonly below: number;
}

/** Makes outcomes of spans, and remembers the trees of recent ones. */
class SpanReader {
  readonly #settings: OtlpSettings;
  readonly #span = new Span();
  readonly #attributes: Attributes;
  readonly #resource: Attributes;
  readonly #tree = new SpanTree();
  readonly #calls = new CallReader();
  /** The spans that count, of requests that are being stored. */
  readonly #underWay = new WeakMap<readonly Outcome[], readonly SpanKeys[]>();

  constructor(settings: OtlpSettings) {
    this.#settings = settings;
    const table = new AttributeTable([...GENAI_KEYS, ...mappedKeys(settings.attributes)]);
    this.#attributes = new Attributes(table);
    this.#resource = new Attributes(table);
  }

  read({ body, contentType, attributes: headers }: SourceRequest, bounds: TimeBounds): Outcome[] {
    const span = this.#span;
    const attributes = this.#attributes;
    const resource = this.#resource;
    const limit = this.#settings.eventsPerRequest;
    const outcomes: Outcome[] = [];
    const calls: Call[] = [];
    let isAuthoritative = true;
    let scope = '';

    const onSpan = () => {
      const role = roleOf(attributes);
      const keys = this.#tree.see(span, role === 'tool');
      const isUsed = attributes.hasUsage;
      if (!isUsed && (role !== 'call' || !isAuthoritative)) return;
      if (outcomes.length >= limit) {
        throw new CodedError(
          'too_many_events',
          `more than ${limit} calls in one request; send fewer at once`,
        );
      }
      if (role === 'tool' || role === 'other') outcomes.push(skipped('sum_of_others'));
      else if (!isAuthoritative) outcomes.push(skipped('not_authoritative'));
      else {
        const outcome = isUsed
          ? this.#calls.read(attributes, factsOf(span, resource, scope), bounds)
          : skipped(
              span.hasFailed || attributes.has(SLOT.errorType) ? 'failed_without_usage' : 'usage_missing',
            );
        if (keys) {
          const below = outcome.kind === 'event' ? USAGE_BELOW | CALL_BELOW : CALL_BELOW;
          calls.push({ outcomeIndex: outcomes.length, keys, below });
        }
        outcomes.push(outcome);
      }
    };

    const readInto = JSON_TYPE.test(contentType) ? readTracesJson : readTracesWire;
    readInto(body, {
      span,
      attributes,
      resource,
      onResource: () => {
        fillFromHeaders(resource, headers);
        isAuthoritative = signalOf(this.#settings, resource.text(SLOT.serviceName)) === 'spans';
      },
      onScope: (name) => {
        scope = name;
      },
      onSpan,
    });
    this.#underWay.set(outcomes, this.#dropSums(calls, outcomes));
    return outcomes;
  }

  /** A span whose request was not stored stands for no other one: its sender may send it later than those, or never. */
  settled(outcomes: readonly Outcome[], areStored: boolean): void {
    if (areStored) return;
    for (const keys of this.#underWay.get(outcomes) ?? []) this.#tree.discount(keys);
  }

  /**
   * Calls above or below a counted one are the same usage again. Only an event that counts takes the place of others:
   * usage above a call that has none, or contradicts itself, is all that there is. Returns the spans that count.
   */
  #dropSums(calls: readonly Call[], outcomes: Outcome[]): SpanKeys[] {
    const tree = this.#tree;
    const counted: SpanKeys[] = [];
    const isBelowCounted = calls.map(({ keys, below }) => tree.markAbove(keys, below));
    calls.forEach(({ outcomeIndex, keys, below }, i) => {
      const hasOwnUsage = (below & USAGE_BELOW) !== 0;
      if (isBelowCounted[i] || tree.has(keys, hasOwnUsage ? USAGE_BELOW : CALL_BELOW)) {
        outcomes[outcomeIndex] = skipped('sum_of_others');
      } else if (hasOwnUsage) {
        tree.count(keys);
        counted.push(keys);
      }
    });
    return counted;
  }
}

function factsOf(span: Span, resource: Attributes, scope: string): CallFacts {
  const latencyMs = msOfNanos(span.endNanos - span.startNanos);
  return {
    resource,
    scope,
    timestampMs: msOfNanos(span.endNanos),
    latencyMs: span.startNanos > 0 && latencyMs >= 0 && latencyMs <= MAX_LATENCY_MS ? latencyMs : undefined,
    hasFailed: span.hasFailed,
    idText: () => span.idText(),
  };
}
