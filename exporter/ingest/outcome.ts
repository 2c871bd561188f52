import type { UsageEvent } from '../domain/usage-event.ts';

export type RejectionCode =
  | 'invalid_event'
  | 'invalid_json'
  | 'inconsistent_usage'
  | 'timestamp_in_future'
  | 'timestamp_too_old'
  | 'usage_missing'
  | 'unknown_provider';

/** What became of one candidate. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: UsageEvent }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

export function rejected(code: RejectionCode, message: string): Outcome {
  return { kind: 'rejected', code, message };
}
