import type { LedgerTotal, MinuteCost } from '../../domain/ledger-sums.ts';
import type { HourlyQuery } from '../../domain/series.ts';
import type { ChargeBatch } from '../charge-batch.ts';
import type { AmountQuery, CallPatternQuery } from '../ledger.ts';

/** What the ledger asks of its worker thread, one reply each, in order. */
export type Request = { readonly id: number } & (
  | { readonly op: 'append'; readonly batch: ChargeBatch }
  | { readonly op: 'totals' }
  | { readonly op: 'totalsBetween'; readonly fromMs: number; readonly toMs: number }
  | { readonly op: 'costByMinute'; readonly fromMs: number }
  | { readonly op: 'position' }
  | { readonly op: 'expire'; readonly beforeMs: number }
  | { readonly op: 'probe' }
  | { readonly op: 'close' }
);

export type Value =
  | Uint8Array<ArrayBuffer>
  | readonly LedgerTotal[]
  | readonly MinuteCost[]
  | number
  | boolean
  | undefined;

export type Reply = { readonly id: number; readonly rows: number; readonly bytes: number } & (
  | { readonly ok: true; readonly value: Value; readonly durationMs: number }
  | { readonly ok: false; readonly message: string }
);

/** What is asked of a thread that reads beside the writer. */
export type ReadRequest =
  | { readonly op: 'callPatterns'; readonly query: CallPatternQuery }
  | { readonly op: 'amounts'; readonly throughRow: number; readonly queries: readonly AmountQuery[] }
  | { readonly op: 'hourly'; readonly query: HourlyQuery };

/** First message of a worker: whether the ledger could be opened. */
export type Opened =
  | { readonly opened: true; readonly rows: number; readonly bytes: number }
  | { readonly opened: false; readonly locked: boolean; readonly message: string };
