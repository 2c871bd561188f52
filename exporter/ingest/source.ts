import type { Outcome } from './outcome.ts';
import type { TimeBounds } from './time-bounds.ts';

/** Ways that usage comes in; the `source` label. */
export const SOURCES = [
  'events',
  'provider_response',
  'provider_stream',
  'provider_batch',
  'otlp_traces',
  'otlp_metrics',
  'otlp_logs',
  'litellm',
  'resources',
  'bill',
] as const;
export type SourceId = (typeof SOURCES)[number];

/** One request as the edge hands it on. */
export interface SourceRequest {
  /** Decompressed, within the size limit. */
  readonly body: Buffer;
  /** As sent, parameters included; empty if absent. */
  readonly contentType: string;
  /** The provider that the path names, or empty. */
  readonly provider: string;
  /** Event fields beside the body (`X-LLM-*` headers, query), by event field name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** One wire format. Throws `CodedError` where nothing of the body can be read: nothing of it is then counted. */
export interface Source {
  readonly id: SourceId;
  /** One outcome per call in the body, in order. Bad calls spoil no good ones. */
  read(request: SourceRequest, bounds: TimeBounds): Outcome[];
  /** Told what became of the outcomes that `read` gave out, by a source that remembers what it has read. */
  settled?(outcomes: readonly Outcome[], areStored: boolean): void;
}
