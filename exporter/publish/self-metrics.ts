import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { SampleBlock } from '../domain/samples.ts';
import { type Family, family } from './catalogue.ts';
import { promClientBlocks } from './prom-client-blocks.ts';

export const INGEST_RESULTS = ['accepted', 'duplicate', 'rejected', 'failed'] as const;
export type IngestResult = (typeof INGEST_RESULTS)[number];

/** Label values known beforehand: their counters start at 0, so that the first increment is visible to `rate()`. */
export interface KnownLabels {
  readonly sources: readonly string[];
  readonly uncountedReasons: readonly string[];
  readonly ledgerOperations: readonly string[];
  readonly overflowFamilies: readonly string[];
}

/** What the exporter counts about its own work in this process, and Node's and the process's own metrics. */
export interface SelfMetrics {
  ingested(source: string, result: IngestResult, events: number): void;
  /** Calls that were seen and not counted. */
  uncounted(source: string, reason: string, calls: number): void;
  unpriced(source: string, events: number): void;
  ingestDuration(source: string, seconds: number): void;
  ledgerCommitDuration(seconds: number): void;
  ledgerError(operation: string): void;
  seriesOverflow(family: string, charges: number): void;
  /** A snapshot for `encode`; `foreign` describes the families that are not in the catalogue. */
  collect(): Promise<{ blocks: SampleBlock[]; foreign: ReadonlyMap<string, Family> }>;
}

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Default metrics that are not published. The totals are gauges named like counters, and sums of families that are
 * there. The lag quantiles come from a timer: at prom-client's 10 ms it takes most of a percent of a core when idle,
 * and a slower one reports its own interval as lag. `nodejs_eventloop_lag_seconds`, measured at each scrape, stays.
 */
const UNWANTED_DEFAULTS = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map((of) => `nodejs_eventloop_lag_${of}_seconds`),
];
/** The timer cannot be left out. */
const LAG_TIMER_MS = 10_000;

export function createSelfMetrics(known: KnownLabels): SelfMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_TIMER_MS });
  for (const name of UNWANTED_DEFAULTS) registry.removeSingleMetric(name);

  const options = (name: string) => {
    const { help, labels } = family(name);
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  const ingestEvents = new Counter(options('llm_cost_exporter_ingest_events_total'));
  const uncounted = new Counter(options('llm_cost_exporter_ingest_uncounted_total'));
  const unpriced = new Counter(options('llm_cost_exporter_ingest_unpriced_total'));
  const ingestSeconds = new Histogram({
    ...options('llm_cost_exporter_ingest_duration_seconds'),
    buckets: DURATION_BUCKETS,
  });
  const commitSeconds = new Histogram({
    ...options('llm_cost_exporter_ledger_commit_duration_seconds'),
    buckets: DURATION_BUCKETS,
  });
  const ledgerErrors = new Counter(options('llm_cost_exporter_ledger_errors_total'));
  const overflow = new Counter(options('llm_cost_exporter_series_overflow_total'));

  for (const source of known.sources) {
    for (const result of INGEST_RESULTS) ingestEvents.inc({ source, result }, 0);
    for (const reason of known.uncountedReasons) uncounted.inc({ source, reason }, 0);
    unpriced.inc({ source }, 0);
  }
  for (const operation of known.ledgerOperations) ledgerErrors.inc({ operation }, 0);
  for (const name of known.overflowFamilies) overflow.inc({ family: name }, 0);

  return {
    ingested: (source, result, events) => {
      if (events > 0) ingestEvents.inc({ source, result }, events);
    },
    uncounted: (source, reason, calls) => uncounted.inc({ source, reason }, calls),
    unpriced: (source, events) => {
      if (events > 0) unpriced.inc({ source }, events);
    },
    ingestDuration: (source, seconds) => ingestSeconds.observe({ source }, seconds),
    ledgerCommitDuration: (seconds) => commitSeconds.observe(seconds),
    ledgerError: (operation) => ledgerErrors.inc({ operation }),
    seriesOverflow: (name, charges) => {
      if (charges > 0) overflow.inc({ family: name }, charges);
    },
    collect: async () => promClientBlocks(await registry.getMetricsAsJSON()),
  };
}
