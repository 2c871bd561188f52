import { emptyPerMeter, METER } from '../domain/meters.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';
import type { Category, UsageEvent } from '../domain/usage-event.ts';
import { textOf } from './body-text.ts';
import { DimensionInterner } from './dimension-interner.ts';
import { DerivedIds } from './event-id.ts';
import { createExplainer } from './explain.ts';
import { type Outcome, rejected } from './outcome.ts';
import { resourceEventSchema, type WireResource } from './resource-event-schema.ts';
import { exactly, type Fraction, MEASURES, type Resource, wholeProduct } from './resource-quantity.ts';
import type { Source } from './source.ts';
import { type TimeBounds, timestampOutcome } from './time-bounds.ts';
import { timestampMs } from './timestamp.ts';
import { candidatesOf, UnreadableLine } from './usage-body.ts';

/** Of one event in the units of its meter, so that sums of thousands are whole numbers still. */
const MAX_METERED = 1_000_000_000_000_000n;

const CATEGORY_OF: Readonly<Record<Resource, Category>> = {
  cpu: 'cpu_compute',
  memory: 'memory',
  gpu: 'gpu_compute',
  storage: 'storage',
  bandwidth: 'network',
  sandbox: 'cpu_compute',
};

/** `POST /v1/resources`: CPU, memory, GPU, storage, bandwidth and sandbox time. */
export function createResourcesSource(settings: { readonly eventsPerRequest: number }): Source {
  const interner = new DimensionInterner();
  return {
    id: 'resources',
    read: ({ body, contentType }, bounds) => {
      const derived = new DerivedIds();
      const explain = createExplainer(resourceEventSchema, 'a resource event');
      return candidatesOf(textOf(body), contentType, settings.eventsPerRequest).map((candidate) => {
        if (candidate instanceof UnreadableLine) return rejected('invalid_json', candidate.message);
        const { data } = resourceEventSchema.safeParse(candidate);
        if (!data) return rejected('invalid_event', explain(candidate));
        return readResource(data, derived, interner, bounds);
      });
    },
  };
}

function readResource(
  wire: WireResource,
  derived: DerivedIds,
  interner: DimensionInterner,
  bounds: TimeBounds,
): Outcome {
  const period = periodOf(wire);
  if ('kind' in period) return period;
  const quantity = meteredQuantity(wire, period.seconds);
  if (typeof quantity !== 'number') return quantity;
  const at = wire.timestamp ?? wire.end;
  const atMs = at == null ? bounds.nowMs : timestampMs(at);
  const outside = timestampOutcome(atMs, bounds);
  if (outside) return outside;
  const dimensions = interner.intern(
    wire.provider ?? '',
    wire.sku ?? wire.resource,
    wire.tenant_id ?? '',
    wire.team ?? '',
    wire.project_id ?? '',
    wire.feature ?? '',
    wire.environment ?? '',
    wire.resource,
    '',
    'success',
    CATEGORY_OF[wire.resource],
  );
  if (!dimensions) {
    return rejected('invalid_event', 'a text has a NUL or a lone surrogate, which no label can have');
  }
  const quantities = emptyPerMeter();
  quantities[METER[MEASURES[wire.resource].meter]] = quantity;
  // Not a call (those are of category api_external), but one of llm_unpriced_requests_total where it has no price.
  quantities[METER.request] = 1;
  const event: UsageEvent = {
    // The parts of one run may share its id: each resource is a charge of its own, and none is a call.
    id: `resource:${wire.resource}:${wire.id || derived.idOf({ ...wire, timestamp: at })}`,
    timestampMs: atMs,
    dimensions,
    quantities,
    userId: wire.user_id ?? '',
    executionId: wire.execution_id ?? '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: wire.cost_usd == null ? undefined : nanoUsdFromUsd(wire.cost_usd),
    tags: wire.tags == null ? '' : JSON.stringify(wire.tags),
  };
  return { kind: 'event', event };
}

/** How long the resource was held; absent where nothing says so. */
function periodOf({ duration_seconds, start, end }: WireResource): { seconds?: Fraction } | Outcome {
  if (start == null && end == null)
    return duration_seconds == null ? {} : { seconds: exactly(duration_seconds) };
  if (start == null || end == null || duration_seconds != null) {
    return rejected('invalid_event', 'duration: expected either duration_seconds, or both start and end');
  }
  const elapsedMs = timestampMs(end) - timestampMs(start);
  if (elapsedMs < 0) {
    return rejected(
      'inconsistent_usage',
      `end: ${-elapsedMs / 1000} s before start, expected at or after it`,
    );
  }
  return { seconds: { numerator: BigInt(elapsedMs), denominator: 1000n } };
}

function meteredQuantity(wire: WireResource, seconds: Fraction | undefined): number | Outcome {
  const { meter, units } = MEASURES[wire.resource];
  const unit = Object.hasOwn(units, wire.unit) ? units[wire.unit] : undefined;
  if (!unit) {
    return rejected(
      'invalid_event',
      `unit: expected for ${wire.resource} one of ${Object.keys(units).join(', ')}`,
    );
  }
  if (unit.isHeld !== (seconds !== undefined)) {
    return rejected(
      'invalid_event',
      unit.isHeld
        ? `duration: expected duration_seconds, or start and end, for ${wire.resource} in ${wire.unit}`
        : `duration: ${wire.resource} in ${wire.unit} has none; expected no duration_seconds, start or end`,
    );
  }
  const quantity = wholeProduct(exactly(wire.quantity), unit.size, ...(seconds ? [seconds] : []));
  if (quantity <= MAX_METERED) return Number(quantity);
  return rejected(
    'invalid_event',
    `quantity: expected at most ${MAX_METERED} ${meter}s in one event, got ${quantity}; send it in parts`,
  );
}
