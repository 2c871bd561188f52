import { type Outcome, rejected } from './outcome.ts';

/** When events may say that they happened. */
export interface TimeBounds {
  readonly nowMs: number;
  /** How far ahead of our clock a sender's may be. */
  readonly futureMs: number;
  /** What is older would be deleted at once. */
  readonly retentionMs: number;
}

/** The rejection of a timestamp outside the bounds, if it is. */
export function timestampOutcome(atMs: number, bounds: TimeBounds): Outcome | undefined {
  if (atMs > bounds.nowMs + bounds.futureMs) {
    return rejected(
      'timestamp_in_future',
      `timestamp: ${iso(atMs)} is ${seconds(atMs - bounds.nowMs)} ahead of the exporter's clock, at most ${seconds(bounds.futureMs)} is accepted`,
    );
  }
  if (atMs < bounds.nowMs - bounds.retentionMs) {
    return rejected(
      'timestamp_too_old',
      `timestamp: ${iso(atMs)} is older than the ledger's retention, which begins at ${iso(bounds.nowMs - bounds.retentionMs)}`,
    );
  }
  return undefined;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
