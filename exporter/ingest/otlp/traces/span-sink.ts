import type { Attributes } from '../attributes/attributes.ts';
import type { Span } from './span.ts';

/** What a request is read into, one span after another. */
export interface SpanSink {
  readonly resource: Attributes;
  readonly span: Span;
  readonly attributes: Attributes;
  /** `resource` is read; what follows is its own. */
  readonly onResource: () => void;
  /** What follows is of the instrumentation with that name. */
  readonly onScope: (name: string) => void;
  /** `span` and `attributes` are read. */
  readonly onSpan: () => void;
}
