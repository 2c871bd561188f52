import type { Unpriced, UnpricedReason } from '../domain/charge.ts';

const UNPRICED: Readonly<Record<UnpricedReason, Unpriced>> = {
  unknown_provider: Object.freeze({ kind: 'unpriced', reason: 'unknown_provider' }),
  unknown_model: Object.freeze({ kind: 'unpriced', reason: 'unknown_model' }),
  unknown_meter: Object.freeze({ kind: 'unpriced', reason: 'unknown_meter' }),
  unknown_service_tier: Object.freeze({ kind: 'unpriced', reason: 'unknown_service_tier' }),
};

export function unpriced(reason: UnpricedReason): Unpriced {
  return UNPRICED[reason];
}
