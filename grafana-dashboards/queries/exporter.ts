import { increase, max, quantile, rate, sum, zeroWhileUp } from './aggregation.ts';
import { series } from './series.ts';

const self = (name: string, ...matchers: readonly string[]) =>
  series(`llm_cost_exporter_${name}`, ...matchers);
const UP = self('build_info');
const INSTANCE = ['instance'];

/** Exporters that answered within the last day. `up` alone would count every other target of the Prometheus too. */
const known = `last_over_time(${UP}[1d])`;
export const targetsDown = `count(${series('up')} == 0 and on (job, instance) ${known}) or (0 * count(${known}))`;
export const ledgerUp = `min(${self('ledger_up')})`;
export const configReloaded = `min(${self('config_last_reload_successful')})`;
export const samplersDown = zeroWhileUp(`count(${self('sampler_up')} == 0)`, UP);

const events = self('ingest_events_total');
const refused = self('ingest_events_total', 'result=~"rejected|failed"');
export const refusedEvents = zeroWhileUp(sum([], increase(refused)), UP);
export const eventsPerSecondByResult = sum(['result'], rate(events));
export const eventsPerSecondBySource = sum(['source'], rate(events));
const uncounted = self('ingest_uncounted_total');
export const uncountedByReason = sum(['source', 'reason'], increase(uncounted));
export const unpricedBySource = sum(['source'], increase(self('ingest_unpriced_total')));
export const refusedPerSecond = sum(['source', 'result'], rate(refused));

export const ingestSeconds = (q: number) => quantile(q, [], self('ingest_duration_seconds_bucket'));
export const commitSeconds = (q: number) => quantile(q, [], self('ledger_commit_duration_seconds_bucket'));
export const ledgerErrorsByOperation = sum(['operation'], increase(self('ledger_errors_total')));
export const ledgerRows = max(INSTANCE, self('ledger_rows'));
export const ledgerBytes = max(INSTANCE, self('ledger_bytes'));

export const seriesByFamily = max(['family'], self('series'));
export const overflowed = zeroWhileUp(sum([], increase(self('series_overflow_total'))), UP);
export const overflowPerSecondByFamily = sum(['family'], rate(self('series_overflow_total')));
export const expositionBytes = max(INSTANCE, self('exposition_bytes'));
export const expositionSeconds = max(INSTANCE, self('exposition_duration_seconds'));

const SAMPLER = ['instance', 'sampler'];
export const samplerUp = `min by (instance, sampler) (${self('sampler_up')})`;
export const samplerAgeSeconds = `time() - ${max(SAMPLER, self('sampler_last_success_timestamp_seconds'))}`;
export const samplerSeconds = max(SAMPLER, self('sampler_duration_seconds'));
export const hostCpuPercent = max(INSTANCE, series('cpu_utilization_percent'));
export const hostMemoryPercent = max(INSTANCE, series('memory_utilization_percent'));

/** Metrics that any program may publish, narrowed to exporters: "All" jobs means all jobs of the Prometheus. */
const own = (inner: string) => `${inner} and on (job, instance) ${UP}`;
export const cpuCores = sum(INSTANCE, own(rate(series('process_cpu_seconds_total'))));
export const residentBytes = max(INSTANCE, own(series('process_resident_memory_bytes')));
export const heapBytes = max(INSTANCE, own(series('nodejs_heap_size_used_bytes')));
export const eventLoopLagSeconds = max(INSTANCE, own(series('nodejs_eventloop_lag_seconds')));

/** Age of the newest table in use. An overlay written today makes it young, whatever the bundled catalogue's age. */
const tableMade = series('llm_price_table_timestamp_seconds');
export const priceTableAgeSeconds = `time() - max(${tableMade})`;
export const priceTableAges = `time() - ${max(['source', 'version'], tableMade)}`;

const BUILD = ['instance', 'version', 'revision', 'node_version'];
export const builds = {
  running: max(BUILD, UP),
  uptime: `time() - ${max(INSTANCE, own(series('process_start_time_seconds')))}`,
  configAge: `time() - ${max(INSTANCE, self('config_last_reload_success_timestamp_seconds'))}`,
} as const;
