import type { Attributes } from '../attributes/attributes.ts';

/** The attributes of a point or a resource, in either encoding. */
export interface AttributeList {
  /** Key and the whole `KeyValue` as it was sent, by which a resent one is known. */
  pairs(): Iterable<readonly [key: string, pair: string]>;
  readInto(attributes: Attributes): void;
}

export interface MetricPoint {
  readonly attributes: AttributeList;
  readonly startNanos: number;
  readonly timeNanos: number;
  /** Of a histogram its sum. Absent where there is none. */
  readonly value: number | undefined;
  /** The sender says that it has no value. */
  readonly isEmpty: boolean;
}

export interface Metric {
  readonly name: string;
  readonly resource: AttributeList;
  readonly scope: string;
  readonly kind: 'sum' | 'histogram' | 'gauge';
  readonly temporality: number;
  /** Always true for histograms. */
  readonly isMonotonic: boolean;
  readonly points: readonly MetricPoint[];
}

export const DELTA = 1;
export const CUMULATIVE = 2;
/** Bit of a point's flags. */
export const NO_RECORDED_VALUE = 1;

/** What to look for. */
export interface Wanted {
  readonly names: ReadonlySet<string>;
  /** Called for each point of them. Throws if there are too many. */
  readonly onPoint: () => void;
}
