import fc from 'fast-check';
import { type Charge, UNPRICED_REASONS, type UnpricedReason } from '../../exporter/domain/charge.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { emptyPerMeter } from '../../exporter/domain/meters.ts';
import { CATEGORIES, STATUSES } from '../../exporter/domain/usage-event.ts';
import { chargeOf, NOW_MS } from './charges.ts';

const DAY_MS = 86_400_000;
/** Most counts are small, some are not. */
const count = fc.oneof(fc.constant(0), fc.nat(5000), fc.nat(1_000_000_000));

/** Charges of few tenants, models, categories and outcomes, so that many share a series, within the days around now. */
export const randomCharges = (options: { readonly maxLength: number }): fc.Arbitrary<Charge[]> =>
  fc
    .array(
      fc.record({
        dimensions: fc.record({
          tenant_id: fc.constantFrom('', 'acme', 'globex', 'initech', 'other'),
          model: fc.constantFrom('gpt-4o', 'gpt-4o-mini'),
          project_id: fc.constantFrom('', 'p'),
          environment: fc.constantFrom('', 'prod'),
          status: fc.constantFrom(...STATUSES),
          category: fc.constantFrom(CATEGORIES[0], CATEGORIES[5]),
        }),
        quantities: fc.record({ input: count, cache_read: count, output: count, reasoning: count }),
        timestampMs: fc.integer({ min: NOW_MS - 25 * DAY_MS, max: NOW_MS }),
        latencyMs: fc.option(fc.nat(400_000), { nil: undefined }),
        unpriced: fc.option(fc.constantFrom(...UNPRICED_REASONS), { nil: undefined }),
        savedByTier: fc.nat(1000),
        reportedCostNanoUsd: fc.option(fc.nat(1_000_000), { nil: undefined }),
      }),
      options,
    )
    .map((rows) =>
      rows.map(({ latencyMs, reportedCostNanoUsd, unpriced, savedByTier, ...fields }, index) => {
        const charge = chargeOf({
          id: String(index),
          ...fields,
          event: { latencyMs, reportedCostNanoUsd },
          ...(unpriced !== undefined && { unpriced }),
        });
        if (charge.price.kind === 'unpriced') return charge;
        return { ...charge, price: { ...charge.price, savedByTierNanoUsd: savedByTier } };
      }),
    );

/** What a ledger answers about these charges: sums per dimension set and reason, in order of first appearance. */
export function totalsOf(charges: readonly Charge[]): LedgerTotal[] {
  const found = new Map<string, Writable<LedgerTotal>>();
  for (const { event, price } of charges) {
    const unpricedReason: UnpricedReason | '' = price.kind === 'unpriced' ? price.reason : '';
    const key = JSON.stringify([event.dimensions, unpricedReason]);
    let total = found.get(key);
    if (!total) {
      total = {
        dimensions: event.dimensions,
        unpricedReason,
        quantities: emptyPerMeter(),
        costs: emptyPerMeter(),
        savedByCacheNanoUsd: 0,
        savedByTierNanoUsd: 0,
        reportedNanoUsd: 0,
        computedNanoUsd: 0,
      };
      found.set(key, total);
    }
    total.quantities = total.quantities.map((sum, meter) => sum + event.quantities[meter]!);
    if (price.kind === 'unpriced') continue;
    total.costs = total.costs.map((sum, meter) => sum + price.costs[meter]!);
    total.savedByCacheNanoUsd += price.savedByCacheNanoUsd;
    total.savedByTierNanoUsd += price.savedByTierNanoUsd;
    if (event.reportedCostNanoUsd === undefined) continue;
    total.reportedNanoUsd += event.reportedCostNanoUsd;
    total.computedNanoUsd += price.costNanoUsd;
  }
  return [...found.values()];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
