import { Aggregate } from '../../exporter/aggregate/index.ts';
import type { Charge } from '../../exporter/domain/charge.ts';
import { monthOf } from '../../exporter/domain/period.ts';
import { chargeOf, NOW_MS } from '../support/charges.ts';

export const MONTH = monthOf(NOW_MS, 'UTC');

export function newAggregate(labelSets = 1000): Aggregate {
  return new Aggregate({ labelSets, month: MONTH, nowMs: NOW_MS });
}

let made = 0;
/** One call of a tenant: 1000 input tokens at 2.5 USD and 100 output tokens at 10 USD a million, 3,500,000 nano-USD. */
export function callOf(tenantId: string, fields: Omit<Parameters<typeof chargeOf>[0], 'id'> = {}): Charge {
  return chargeOf({
    id: `call-${made++}`,
    ...fields,
    dimensions: { tenant_id: tenantId, ...fields.dimensions },
  });
}
export const INPUT_NANO_USD = 2_500_000;
export const OUTPUT_NANO_USD = 1_000_000;
