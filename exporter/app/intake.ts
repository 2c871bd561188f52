import type { Charge } from '../domain/charge.ts';
import type { Ports } from '../domain/ports.ts';
import type { Outcome, RejectionCode, SkipReason } from '../ingest/outcome.ts';
import type { SourceId } from '../ingest/source.ts';
import type { Pricing } from '../pricing/index.ts';
import type { SelfMetrics } from '../publish/self-metrics.ts';
import type { IngestAnswer } from './app.ts';

type UncountedReason = RejectionCode | SkipReason;

export interface Intake {
  readonly pricing: Pricing;
  readonly self: SelfMetrics;
  readonly store: (charges: readonly Charge[]) => Promise<Uint8Array>;
  readonly ports: Ports;
}

/** Prices and stores what ingest read, counts what became of it. `startedMs` is on the monotonic clock. */
export async function takeIn(
  { pricing, self, store, ports }: Intake,
  source: SourceId,
  outcomes: readonly Outcome[],
  startedMs: number,
): Promise<IngestAnswer> {
  const charges: Charge[] = [];
  const rejected: IngestAnswer['rejected'][number][] = [];
  const uncounted = new Map<UncountedReason, number>();
  const skipped: Partial<Record<SkipReason, number>> = {};
  outcomes.forEach((outcome, index) => {
    if (outcome.kind === 'event') {
      charges.push({ event: outcome.event, price: pricing.price(outcome.event) });
      return;
    }
    const reason = outcome.kind === 'rejected' ? outcome.code : outcome.reason;
    uncounted.set(reason, (uncounted.get(reason) ?? 0) + 1);
    if (outcome.kind === 'rejected') rejected.push({ index, code: outcome.code, message: outcome.message });
    else skipped[outcome.reason] = (skipped[outcome.reason] ?? 0) + 1;
  });
  const stored = await store(charges).catch((error) => {
    self.ingested(source, 'failed', charges.length);
    throw error;
  });
  let accepted = 0;
  let unpriced = 0;
  for (let i = 0; i < stored.length; i++) {
    if (stored[i] === 0) continue;
    accepted += 1;
    if (charges[i]!.price.kind === 'unpriced') unpriced += 1;
  }
  const duplicate = charges.length - accepted;
  // Only now: a request that is refused as a whole comes again, with its rejected events.
  self.ingested(source, 'rejected', rejected.length);
  for (const [reason, calls] of uncounted) self.uncounted(source, reason, calls);
  self.unpriced(source, unpriced);
  self.ingested(source, 'accepted', accepted);
  self.ingested(source, 'duplicate', duplicate);
  self.ingestDuration(source, (ports.monotonic() - startedMs) / 1000);
  return { accepted, duplicate, unpriced, rejected, ...(Object.keys(skipped).length > 0 && { skipped }) };
}
