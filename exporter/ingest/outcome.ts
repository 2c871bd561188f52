import type { UsageEvent } from '../domain/usage-event.ts';

/** Why one call of a request was refused: the sender has something to mend. */
export const REJECTION_CODES = [
  'invalid_event',
  'invalid_json',
  'inconsistent_usage',
  'timestamp_in_future',
  'timestamp_too_old',
  'usage_missing',
  'unknown_provider',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Why a call that was seen is not counted, though nothing is wrong with the request that told of it. */
export const SKIP_REASONS = [
  /** It was made, and nothing says how much it used. */
  'usage_missing',
  /** It failed, and nothing says that it used anything. */
  'failed_without_usage',
  /** Another signal of the same sender counts. */
  'not_authoritative',
  /** It sums up calls that are counted themselves. */
  'sum_of_others',
  /** It is of a kind that bills nothing: reading back, listing, uploading. */
  'not_billed',
  /** It was answered from a cache in front of the provider. */
  'response_cache',
  /** A running total whose beginning was not seen: what is counted begins here. */
  'baseline',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What became of one call. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: UsageEvent }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

export function rejected(code: RejectionCode, message: string): Outcome {
  return { kind: 'rejected', code, message };
}

export function skipped(reason: SkipReason): Outcome {
  return { kind: 'skipped', reason };
}
