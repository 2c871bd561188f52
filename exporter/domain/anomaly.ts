import type { Banded } from './budget.ts';

export const ANOMALY_WINDOWS = ['1h', '1d'] as const;
export type AnomalyWindow = (typeof ANOMALY_WINDOWS)[number];

export const ANOMALY_SEVERITIES = ['info', 'warning', 'critical'] as const;
export type AnomalySeverity = (typeof ANOMALY_SEVERITIES)[number];

/** What may explain most of an excess. */
export const CAUSE_KINDS = [
  'model',
  'tenant',
  'team',
  'feature',
  'provider',
  'price_change',
  'retry_storm',
  'cache_hit_drop',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** The first cause: what explains most of the excess. `value` is the model, tenant, …, or empty where the kind says it all. */
export interface AnomalyCause {
  readonly kind: CauseKind;
  readonly value: string;
  /** How much of the excess it explains, and that as a share of it. */
  readonly nanoUsd: number;
  readonly shareRatio: number;
}

/** What a window cost and what was to be expected of it. Amounts in nano-USD. */
export interface Expectation {
  readonly window: AnomalyWindow;
  /** The window is the hours up to here. */
  readonly endMs: number;
  readonly costNanoUsd: number;
  /** Robust to spikes of the past, of the same time of the day and week. */
  readonly expected: Banded;
  /** How many half widths of the band the cost is from its middle; negative below it. */
  readonly score: number;
}

/** A window that cost more, or less, than its band allows. */
export interface Anomaly {
  readonly tenantId: string;
  readonly window: AnomalyWindow;
  readonly severity: AnomalySeverity;
  readonly startedMs: number;
  /** Absent while it lasts. */
  readonly endedMs: number | undefined;
  /** Of its worst moment. */
  readonly costNanoUsd: number;
  readonly expected: Banded;
  readonly score: number;
  /** Cost against the middle: 1 is twice as much. */
  readonly deviationRatio: number;
  /** Absent where nothing explains much, and for what cost too little. */
  readonly cause: AnomalyCause | undefined;
}
