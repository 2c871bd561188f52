import type { UsageEvent } from '../domain/usage-event.ts';

/** Why one event of a request was not taken. */
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

/** What became of one candidate. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: UsageEvent }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

export function rejected(code: RejectionCode, message: string): Outcome {
  return { kind: 'rejected', code, message };
}
