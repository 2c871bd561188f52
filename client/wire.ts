/** What of a call does not come from the provider's response. Names are those of the exporter's usage events. */
export interface EventFields {
  /** The same id counts once in a tenant. The response's own where it is long enough, else a random one. */
  readonly id?: string | undefined;
  /** RFC 3339, or Unix time in seconds or milliseconds. */
  readonly timestamp?: string | number | undefined;
  readonly tenant_id?: string | undefined;
  readonly team?: string | undefined;
  readonly user_id?: string | undefined;
  readonly project_id?: string | undefined;
  readonly feature?: string | undefined;
  readonly environment?: string | undefined;
  readonly execution_id?: string | undefined;
  readonly operation?: string | undefined;
  readonly status?: 'success' | 'error' | 'timeout' | 'cancelled' | 'truncated' | undefined;
  readonly service_tier?: string | undefined;
  readonly latency_ms?: number | undefined;
  /** Your hash of the prompt, never the prompt. */
  readonly prompt_hash?: string | undefined;
  readonly cost_usd?: number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** `provider` says whose response it is, where that is not to be seen from it. */
export interface Dimensions extends EventFields {
  readonly provider?: string | undefined;
}

/** Totals include their parts: `input_tokens` the cached ones, `output_tokens` the reasoning. */
export interface UsageCounts {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_5m_tokens?: number;
  readonly cache_write_1h_tokens?: number;
  readonly reasoning_tokens?: number;
  readonly input_audio_tokens?: number;
  readonly output_audio_tokens?: number;
  readonly requests?: number;
}

export interface UsageEvent extends EventFields {
  readonly provider: string;
  readonly model: string;
  readonly usage: UsageCounts;
}

/** One call on its way to the exporter, as the text that is sent each time: ids and times are fixed with it. */
export type Item =
  | { readonly kind: 'event'; readonly text: string }
  /** A response without its content, which goes to `path` by itself. */
  | {
      readonly kind: 'response';
      readonly path: string;
      readonly contentType: string;
      readonly text: string;
    };

/** What went wrong, for people. The calls themselves never fail because of it. */
export interface ClientError {
  readonly code:
    | 'unreachable'
    | 'rejected'
    | 'queue_full'
    | 'undelivered'
    | 'usage_missing'
    | 'unknown_provider'
    | 'unreadable';
  readonly message: string;
  /** Calls that are lost by it; 0 where they will be sent again. */
  readonly lost: number;
}
