import { nanoUsdFromUsd } from '../domain/money.ts';
import type { UsageEvent } from '../domain/usage-event.ts';
import { DimensionInterner } from './dimension-interner.ts';
import { DerivedIds } from './event-id.ts';
import { metersOf } from './inclusive-usage.ts';
import { type Outcome, rejected } from './outcome.ts';
import { type TimeBounds, timestampOutcome } from './time-bounds.ts';
import { timestampMs } from './timestamp.ts';
import { UnreadableLine } from './usage-body.ts';
import { isUsageEvent } from './usage-event-guard.ts';
import { usageEventSchema, type WireEvent } from './usage-event-schema.ts';

/** Reads wire events (as parsed JSON) into usage events, each on its own: one bad event spoils no other. */
export class UsageEventReader {
  readonly #interner = new DimensionInterner();

  /** One outcome per candidate, in order. The candidates are one request's: equal ones without id are numbered. */
  readAll(candidates: readonly unknown[], bounds: TimeBounds): Outcome[] {
    const derived = new DerivedIds();
    return candidates.map((candidate) => this.#read(candidate, bounds, derived));
  }

  /** One event whose quantities are already disjoint; the fields beside them are checked like any other's. */
  readMetered(candidate: unknown, quantities: readonly number[], bounds: TimeBounds): Outcome {
    return this.#read(candidate, bounds, new DerivedIds(), quantities);
  }

  #read(candidate: unknown, bounds: TimeBounds, derived: DerivedIds, metered?: readonly number[]): Outcome {
    if (candidate instanceof UnreadableLine) return rejected('invalid_json', candidate.message);
    if (!isUsageEvent(candidate)) return rejected('invalid_event', explain(candidate));
    const atMs = candidate.timestamp == null ? bounds.nowMs : timestampMs(candidate.timestamp);
    const outside = timestampOutcome(atMs, bounds);
    if (outside) return outside;
    const quantities = metered ?? metersOf(candidate.usage);
    if (typeof quantities === 'string') return rejected('inconsistent_usage', quantities);
    return { kind: 'event', event: this.#event(candidate, atMs, quantities, derived) };
  }

  #event(wire: WireEvent, atMs: number, quantities: readonly number[], derived: DerivedIds): UsageEvent {
    return {
      id: wire.id || derived.idOf({ ...wire, quantities }),
      timestampMs: atMs,
      dimensions: this.#interner.intern({
        provider: wire.provider,
        model: wire.model,
        tenant_id: wire.tenant_id ?? '',
        team: wire.team ?? '',
        project_id: wire.project_id ?? '',
        feature: wire.feature ?? '',
        environment: wire.environment ?? '',
        operation: wire.operation ?? '',
        service_tier: wire.service_tier ?? '',
        status: wire.status ?? 'success',
        category: 'api_external',
      }),
      quantities,
      userId: wire.user_id ?? '',
      executionId: wire.execution_id ?? '',
      promptHash: wire.prompt_hash ?? '',
      latencyMs: wire.latency_ms == null ? undefined : Math.round(wire.latency_ms),
      reportedCostNanoUsd: wire.cost_usd == null ? undefined : nanoUsdFromUsd(wire.cost_usd),
      tags: wire.tags == null ? '' : JSON.stringify(wire.tags),
    };
  }
}

/** Every mistake of one event, by field. */
function explain(candidate: unknown): string {
  const result = usageEventSchema.safeParse(candidate);
  if (result.success) throw new Error('the event guard refuses what the schema accepts');
  return result.error.issues
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ')
    .slice(0, 1000);
}
