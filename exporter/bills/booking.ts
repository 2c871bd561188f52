import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { emptyPerMeter } from '../domain/meters.ts';
import type { Dimensions, UsageEvent } from '../domain/usage-event.ts';
import type { BillLine } from './bill.ts';
import { DAY_MS } from './utc-days.ts';

const OPERATION = 'bill';

/** Whether a charge came from a bill and not from a call. */
export function isBooked({ operation, tenant_id, team, feature, environment }: Dimensions): boolean {
  return operation === OPERATION && `${tenant_id}${team}${feature}${environment}` === '';
}

/**
 * What of the lines of one day is not in the ledger yet, as events that cost the difference. `totals` are the ledger's
 * sums of that day. A line that has become cheaper gives nothing: what was counted cannot be taken back.
 *
 * The id holds the line's whole amount, so the same step is the same event whenever it is booked again.
 */
export function eventsToBook(
  provider: string,
  lines: readonly BillLine[],
  totals: readonly LedgerTotal[],
  nowMs: number,
): UsageEvent[] {
  const booked = new Map<string, number>();
  for (const { dimensions, costs } of totals) {
    if (!isBooked(dimensions)) continue;
    const key = keyOf(dimensions.provider, dimensions.model, dimensions.project_id);
    booked.set(key, (booked.get(key) ?? 0) + costs.reduce((sum, cost) => sum + cost, 0));
  }
  return lines.flatMap(({ dayMs, model, projectId, nanoUsd }) => {
    const differenceNanoUsd = nanoUsd - (booked.get(keyOf(provider, model, projectId)) ?? 0);
    if (differenceNanoUsd <= 0) return [];
    const day = new Date(dayMs).toISOString().slice(0, 10);
    return [
      {
        id: `bill:${JSON.stringify([provider, day, model, projectId, nanoUsd])}`,
        timestampMs: Math.min(dayMs + DAY_MS - 1, nowMs),
        dimensions: dimensionsOf(provider, model, projectId),
        quantities: emptyPerMeter(),
        userId: '',
        executionId: '',
        promptHash: '',
        latencyMs: undefined,
        reportedCostNanoUsd: differenceNanoUsd,
        tags: '',
      },
    ];
  });
}

function keyOf(...values: readonly string[]): string {
  return JSON.stringify(values);
}

function dimensionsOf(provider: string, model: string, project_id: string): Dimensions {
  return {
    provider,
    model,
    tenant_id: '',
    team: '',
    project_id,
    feature: '',
    environment: '',
    operation: OPERATION,
    service_tier: '',
    status: 'success',
    category: 'api_external',
  };
}
