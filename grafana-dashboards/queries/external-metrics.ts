/**
 * Metrics that panels may name although this project's catalogue does not list them, each with who publishes it.
 * Nothing else from outside the catalogue may be queried.
 */
export interface ExternalMetric {
  readonly labels: readonly string[];
  readonly reason: string;
}

const PROM_CLIENT = 'prom-client publishes it for every Node process that collects its default metrics';

export const EXTERNAL_METRICS: ReadonlyMap<string, ExternalMetric> = new Map([
  ['up', { labels: [], reason: 'Prometheus writes it for every target: 1 if the scrape succeeded' }],
  ['process_cpu_seconds_total', { labels: [], reason: PROM_CLIENT }],
  ['process_resident_memory_bytes', { labels: [], reason: PROM_CLIENT }],
  ['process_start_time_seconds', { labels: [], reason: PROM_CLIENT }],
  ['nodejs_heap_size_used_bytes', { labels: [], reason: PROM_CLIENT }],
  ['nodejs_eventloop_lag_seconds', { labels: [], reason: PROM_CLIENT }],
]);
