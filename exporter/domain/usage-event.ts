import type { PerMeter } from './meters.ts';

/** What happened to the call. All but `success` are money spent without a usable answer. */
export const STATUSES = ['success', 'error', 'timeout', 'cancelled', 'truncated'] as const;
export type Status = (typeof STATUSES)[number];

/** FinOps cost categories, the `category` label. */
export const CATEGORIES = [
  'gpu_compute',
  'cpu_compute',
  'memory',
  'storage',
  'network',
  'api_external',
  'data_annotation',
  'software_license',
  'support',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Who and what a charge belongs to. Few distinct combinations; the empty string means "not given". */
export interface Dimensions {
  readonly provider: string;
  readonly model: string;
  readonly tenant_id: string;
  readonly team: string;
  readonly project_id: string;
  readonly feature: string;
  readonly environment: string;
  readonly operation: string;
  readonly service_tier: string;
  readonly status: Status;
  readonly category: Category;
}

/** The dimensions that become labels of the usage families, in label order. */
export const USAGE_LABELS = ['provider', 'model', 'tenant_id', 'team', 'feature', 'environment'] as const;

/** One call (or one resource accrual), from any source, before it has a price. */
export interface UsageEvent {
  /** Unique within a tenant; the same id is counted once. */
  readonly id: string;
  /** Milliseconds since the epoch, UTC. */
  readonly timestampMs: number;
  readonly dimensions: Dimensions;
  /** Disjoint quantities per meter. */
  readonly quantities: PerMeter;
  readonly userId: string;
  readonly executionId: string;
  /** Hash of the prompt as the sender made it; never the prompt. */
  readonly promptHash: string;
  readonly latencyMs: number | undefined;
  /** What the sender says the call cost; kept apart from what we compute. */
  readonly reportedCostNanoUsd: number | undefined;
  /** JSON object of free tags, or empty. */
  readonly tags: string;
}
