import type { AnomalyCause } from '../domain/anomaly.ts';
import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { cacheHitDrop } from './cache-hit-drop.ts';
import { type CauseEvidence, costOfAll } from './cause-evidence.ts';
import { largestPart } from './largest-part.ts';
import { priceChange } from './price-change.ts';
import { retryStorm } from './retry-storm.ts';

/** What something must explain of the excess to be called its cause. */
const LEAST_SHARE = 0.5;

/**
 * The first cause of what a window cost more than windows like it; `undefined` where nothing explains half of it, and
 * for what cost no more. What says why (a price, retries, a cache) comes before what only says where (a model, a
 * tenant). Of a tenant the totals are its own. Usage without a price plays no part.
 */
export function causeOf(evidence: CauseEvidence): AnomalyCause | undefined {
  if (evidence.usualWindows === 0) return undefined;
  const priced: CauseEvidence = {
    totals: evidence.totals.filter(isPriced),
    usual: evidence.usual.filter(isPriced),
    usualWindows: evidence.usualWindows,
  };
  const excess = costOfAll(priced.totals) - costOfAll(priced.usual) / priced.usualWindows;
  if (!(excess > 0)) return undefined;
  const [why] = [priceChange(priced), retryStorm(priced), cacheHitDrop(priced)].sort(
    (a, b) => b.nanoUsd - a.nanoUsd,
  );
  const found = why && why.nanoUsd >= LEAST_SHARE * excess ? why : largestPart(priced);
  if (!found) return undefined;
  const nanoUsd = Math.min(found.nanoUsd, excess);
  return Object.freeze({ ...found, nanoUsd: Math.round(nanoUsd), shareRatio: nanoUsd / excess });
}

function isPriced({ unpricedReason }: LedgerTotal): boolean {
  return unpricedReason === '';
}
