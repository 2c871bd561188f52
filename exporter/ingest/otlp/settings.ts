/** What of a sender's telemetry counts. One sender often tells of the same calls in several signals. */
export const SIGNALS = ['spans', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

/** Dimensions and owners that come from attributes of the sender's choice. */
export const MAPPED_FIELDS = [
  'tenant_id',
  'team',
  'feature',
  'environment',
  'project_id',
  'user_id',
  'execution_id',
] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

export interface OtlpSettings {
  /** The signal that counts, unless `services` says otherwise. */
  readonly signal: Signal;
  /** By `service.name`. */
  readonly services: Readonly<Record<string, Signal>>;
  /** Attribute keys per field, best first: of a span, point or record, then of its resource. */
  readonly attributes: Readonly<Record<MappedField, readonly string[]>>;
  /** Calls (spans, points, records) in one request. */
  readonly eventsPerRequest: number;
  /** When this process began to listen: a cumulative series that began later is counted from its beginning. */
  readonly startedMs: number;
}

/** What of the sender counts. */
export function signalOf({ signal, services }: OtlpSettings, serviceName: string): Signal {
  return Object.hasOwn(services, serviceName) ? services[serviceName]! : signal;
}
