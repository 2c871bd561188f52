import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { type CauseEvidence, costOf, costOfAll, type Finding } from './cause-evidence.ts';

/** The ties go to the first. */
const FIELDS = {
  model: 'model',
  tenant: 'tenant_id',
  team: 'team',
  feature: 'feature',
  provider: 'provider',
} as const;
type Kind = keyof typeof FIELDS;

/** A part that stands for less of the excess, or hardly more of it than of the usual cost, tells nothing. */
const LEAST_SHARE = 0.5;
const LEAST_LIFT = 0.05;
/** Of what the others would have had of an excess like the usual cost, it has at least so much too. */
const LEAST_OF_REST = 0.5;

/**
 * The value of a dimension whose own excess is most of all excess, and the one that has the most beyond its usual
 * share: with one provider, all excess is the provider's, and that says nothing.
 */
export function largestPart(evidence: CauseEvidence): Finding | undefined {
  const { totals, usual, usualWindows } = evidence;
  const usualNanoUsd = costOfAll(usual) / usualWindows;
  const excessNanoUsd = costOfAll(totals) - usualNanoUsd;
  let best: { readonly finding: Finding; readonly lift: number } | undefined;
  for (const kind of Object.keys(FIELDS) as Kind[]) {
    for (const { value, now, before } of parts(evidence, kind)) {
      const share = Math.min((now - before) / excessNanoUsd, 1);
      const usualShare = usualNanoUsd === 0 ? 0 : before / usualNanoUsd;
      const lift = share - usualShare;
      if (share < LEAST_SHARE || lift < LEAST_LIFT || lift < LEAST_OF_REST * (1 - usualShare)) continue;
      if (!best || lift > best.lift) best = { finding: { kind, value, nanoUsd: now - before }, lift };
    }
  }
  return best?.finding;
}

/** Cost of each value that is given, in the window and as a rule. */
function parts(
  { totals, usual, usualWindows }: CauseEvidence,
  kind: Kind,
): { readonly value: string; readonly now: number; readonly before: number }[] {
  const byValue = (some: readonly LedgerTotal[]) => {
    const costs = new Map<string, number>();
    for (const total of some) {
      const value = total.dimensions[FIELDS[kind]];
      if (value !== '') costs.set(value, (costs.get(value) ?? 0) + costOf(total));
    }
    return costs;
  };
  const former = byValue(usual);
  return [...byValue(totals)].map(([value, now]) => ({
    value,
    now,
    before: (former.get(value) ?? 0) / usualWindows,
  }));
}
