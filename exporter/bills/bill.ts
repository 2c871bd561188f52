/** UTC days of one look, the last of them today: `[fromMs, toMs)`, both midnights. */
export interface BillWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the provider asks for one model (or other thing that it sells) and project of a day. Negative for a credit. */
export interface BillLine {
  readonly dayMs: number;
  readonly model: string;
  readonly projectId: string;
  readonly nanoUsd: number;
}

/** What a provider says of a window. A day that is in no map is unknown, which is not the same as free. */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** Sum of the lines of each day that the provider said anything about, be it that there was nothing. */
  readonly nanoUsdByDay: ReadonlyMap<number, number>;
  readonly tokensByDay: ReadonlyMap<number, number>;
}

/** One request: a path below the base URL with its parameters, which may repeat. The answer is parsed JSON. */
export type Ask = (path: string, query: readonly [string, string][]) => Promise<unknown>;

/** One provider's API. Rejects with `BillError` on whatever is not what its documentation says. */
export interface BillReader {
  readonly provider: string;
  readonly baseUrl: string;
  headers(adminKey: string): Readonly<Record<string, string>>;
  read(ask: Ask, window: BillWindow): Promise<Bill>;
}

/** A bill that cannot be read now, in words that hold nothing of the key and nothing of the answer. */
export class BillError extends Error {
  /** What the provider asks to wait before the next request. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'BillError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
