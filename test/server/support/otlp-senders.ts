import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as LogJson } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogProtobuf } from '@opentelemetry/exporter-logs-otlp-proto';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as MetricJson,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricProtobuf } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TraceJson } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TraceProtobuf } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';

export type Encoding = 'http/protobuf' | 'http/json';
type Numbers = Readonly<Record<string, string | number>>;

const resource = (service: string) => resourceFromAttributes({ 'service.name': service });
const options = (url: string, path: string) => ({
  url: `${url}${path}`,
  compression: CompressionAlgorithm.GZIP,
  timeoutMillis: 10_000,
});

/** What OpenTelemetry's own diagnostics log while the test runs. */
export function diagnosticLog(): string[] {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (...said: unknown[]) =>
      void lines.push(
        `${level} ${said.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')}`,
      );
  const logger: DiagLogger = {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: () => {},
    verbose: () => {},
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
  onTestFinished(() => diag.disable());
  return lines;
}

/** Ends spans with these attributes, one after another. Resolves when they are delivered, or given up. */
export async function sendSpans(
  url: string,
  encoding: Encoding,
  ...spans: readonly Numbers[]
): Promise<void> {
  const Exporter = encoding === 'http/json' ? TraceJson : TraceProtobuf;
  const provider = new BasicTracerProvider({
    resource: resource('shop'),
    spanProcessors: [new SimpleSpanProcessor(new Exporter(options(url, '/v1/traces')))],
  });
  for (const attributes of spans) provider.getTracer('test').startSpan('chat', { attributes }).end();
  await provider.forceFlush();
  await provider.shutdown();
}

/** A sender of metrics that exports when told to. */
export function metricSender(url: string, encoding: Encoding, temporality: 'DELTA' | 'CUMULATIVE') {
  const Exporter = encoding === 'http/json' ? MetricJson : MetricProtobuf;
  const temporalityPreference = AggregationTemporalityPreference[temporality];
  const exporter = new Exporter({ ...options(url, '/v1/metrics'), temporalityPreference });
  const provider = new MeterProvider({
    resource: resource('meters'),
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  onTestFinished(() => provider.shutdown());
  const meter = provider.getMeter('test');
  return {
    count: (name: string, value: number, attributes: Numbers) =>
      meter.createCounter(name).add(value, attributes),
    record: (name: string, value: number, attributes: Numbers) =>
      meter.createHistogram(name).record(value, attributes),
    flush: () => provider.forceFlush(),
  };
}

export async function sendLogRecord(
  url: string,
  encoding: Encoding,
  body: string,
  attributes: Numbers,
): Promise<void> {
  const Exporter = encoding === 'http/json' ? LogJson : LogProtobuf;
  const provider = new LoggerProvider({
    resource: resource('claude-code'),
    processors: [new SimpleLogRecordProcessor({ exporter: new Exporter(options(url, '/v1/logs')) })],
  });
  provider
    .getLogger('com.anthropic.claude_code.events')
    .emit({ severityNumber: SeverityNumber.INFO, body, attributes });
  await provider.forceFlush();
  await provider.shutdown();
}
