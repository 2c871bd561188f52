import type { PerMeter } from '../domain/meters.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';
import type { Dimensions, UsageEvent } from '../domain/usage-event.ts';
import { DimensionInterner } from './dimension-interner.ts';
import { DerivedIds } from './event-id.ts';
import { createExplainer } from './explain.ts';
import { metersOf } from './inclusive-usage.ts';
import { type Outcome, rejected } from './outcome.ts';
import { type TimeBounds, timestampOutcome } from './time-bounds.ts';
import { timestampMs } from './timestamp.ts';
import { UnreadableLine } from './usage-body.ts';
import { isUsageEvent } from './usage-event-guard.ts';
import type { WireEvent } from './usage-event-schema.ts';

/** Usage that was read from a provider's response. */
export interface Metered {
  /** Disjoint quantities. */
  readonly quantities: PerMeter;
  /** The response, by which two calls without an id are told apart. Not nested deeply. */
  readonly body: unknown;
}

interface RequestState {
  readonly bounds: TimeBounds;
  readonly derived: DerivedIds;
  readonly explain: (candidate: unknown) => string;
}

/** Reads wire events (as parsed JSON) into usage events, each on its own: one bad event spoils no other. */
export class UsageEventReader {
  readonly #interner = new DimensionInterner();

  /** One outcome per candidate, in order. The candidates are one request's: equal ones without id are numbered. */
  readAll(candidates: readonly unknown[], bounds: TimeBounds): Outcome[] {
    const request = { bounds, derived: new DerivedIds(), explain: createExplainer() };
    return candidates.map((candidate) => this.#read(candidate, request));
  }

  /** One event whose quantities are read already; the fields beside them are checked like any other's. */
  readMetered(candidate: unknown, metered: Metered, bounds: TimeBounds): Outcome {
    return this.#read(candidate, { bounds, derived: new DerivedIds(), explain: createExplainer() }, metered);
  }

  #read(candidate: unknown, { bounds, derived, explain }: RequestState, metered?: Metered): Outcome {
    if (candidate instanceof UnreadableLine) return rejected('invalid_json', candidate.message);
    if (!isUsageEvent(candidate)) return rejected('invalid_event', explain(candidate));
    const atMs = candidate.timestamp == null ? bounds.nowMs : timestampMs(candidate.timestamp);
    const outside = timestampOutcome(atMs, bounds);
    if (outside) return outside;
    const quantities = metered?.quantities ?? metersOf(candidate.usage);
    if (typeof quantities === 'string') return rejected('inconsistent_usage', quantities);
    const dimensions = this.#dimensionsOf(candidate);
    if (!dimensions) {
      return rejected('invalid_event', 'a text has a NUL or a lone surrogate, which no label can have');
    }
    const id = candidate.id || derived.idOf(metered ? { ...candidate, body: metered.body } : candidate);
    return { kind: 'event', event: eventOf(candidate, id, atMs, dimensions, quantities) };
  }

  #dimensionsOf(wire: WireEvent): Dimensions | undefined {
    return this.#interner.intern(
      wire.provider,
      wire.model,
      wire.tenant_id ?? '',
      wire.team ?? '',
      wire.project_id ?? '',
      wire.feature ?? '',
      wire.environment ?? '',
      wire.operation ?? '',
      wire.service_tier ?? '',
      wire.status ?? 'success',
      'api_external',
    );
  }
}

function eventOf(
  wire: WireEvent,
  id: string,
  timestampMs: number,
  dimensions: Dimensions,
  quantities: PerMeter,
): UsageEvent {
  return {
    id,
    timestampMs,
    dimensions,
    quantities,
    userId: wire.user_id ?? '',
    executionId: wire.execution_id ?? '',
    promptHash: wire.prompt_hash ?? '',
    latencyMs: wire.latency_ms == null ? undefined : Math.round(wire.latency_ms),
    reportedCostNanoUsd: wire.cost_usd == null ? undefined : nanoUsdFromUsd(wire.cost_usd),
    tags: wire.tags == null ? '' : JSON.stringify(wire.tags),
  };
}
