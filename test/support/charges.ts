import { applyRateCard } from '../../exporter/domain/apply-rate-card.ts';
import type { Charge, RateCard, UnpricedReason } from '../../exporter/domain/charge.ts';
import { emptyPerMeter, METER, METERS, type Meter } from '../../exporter/domain/meters.ts';
import type { Dimensions, UsageEvent } from '../../exporter/domain/usage-event.ts';

/** 2026-11-21T10:00:00Z: the frozen now of most tests. */
export const NOW_MS = Date.UTC(2026, 10, 21, 10);

/** Input 2.50, cached 1.25, output 10 USD per million; everything else 1 USD per million or 1 micro-USD a call. */
const RATES = METERS.map(
  (meter) =>
    ({ input: 2_500_000, cache_read: 1_250_000, output: 10_000_000, request: 0 })[meter as string] ??
    1_000_000,
);
export const CARD: RateCard = Object.freeze({
  id: 'card-1',
  source: 'test',
  provider: 'openai',
  model: 'gpt-4o',
  serviceTier: '',
  ratesPico: RATES,
  listRatesPico: RATES,
  standardRatesPico: null,
});

export interface ChargeFields {
  readonly id: string;
  readonly timestampMs?: number;
  readonly dimensions?: Partial<Dimensions>;
  readonly quantities?: Partial<Record<Meter, number>>;
  readonly event?: Partial<UsageEvent>;
  readonly unpriced?: UnpricedReason;
}

export function eventOf({
  id,
  timestampMs = NOW_MS,
  dimensions,
  quantities,
  event,
}: ChargeFields): UsageEvent {
  const perMeter = emptyPerMeter();
  for (const [meter, quantity] of Object.entries({ input: 1000, output: 100, request: 1, ...quantities })) {
    perMeter[METER[meter as Meter]] = quantity;
  }
  return {
    id,
    timestampMs,
    dimensions: {
      provider: 'openai',
      model: 'gpt-4o',
      tenant_id: 'acme',
      team: '',
      project_id: '',
      feature: '',
      environment: '',
      operation: '',
      service_tier: '',
      status: 'success',
      category: 'api_external',
      ...dimensions,
    },
    quantities: perMeter,
    userId: '',
    executionId: '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: undefined,
    tags: '',
    ...event,
  };
}

export function chargeOf(fields: ChargeFields): Charge {
  const event = eventOf(fields);
  if (fields.unpriced) return { event, price: { kind: 'unpriced', reason: fields.unpriced } };
  return { event, price: applyRateCard(CARD, event.quantities)! };
}

export function costOf(charges: readonly Charge[]): number {
  return charges.reduce((sum, { price }) => sum + (price.kind === 'priced' ? price.costNanoUsd : 0), 0);
}
