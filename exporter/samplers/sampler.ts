import type { Reading } from '../domain/reading.ts';

/** What one look at a device gives. A failure is a rejection; a device that is not there is `absent`. */
export type Sample =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'absent'; readonly reason: string };

/**
 * A polled source of readings. `sample` is called again only after the previous promise has settled, so one that
 * ignores the signal stops its own sampler and no other.
 */
export interface Sampler {
  /** `host`, `nvidia_smi`, or `<kind>:<name>` where there may be several. */
  readonly id: string;
  sample(signal: AbortSignal): Promise<Sample>;
}
