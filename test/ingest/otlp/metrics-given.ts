import { onTestFinished } from 'vitest';
import type { App, IngestAnswer } from '../../../exporter/app/index.ts';
import { samples } from '../../e2e/support/exposition.ts';
import { NOW_MS } from '../../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../../support/ports.ts';
import { exposition, openApp, type Settings } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';

export const DELTA = 1;
export const CUMULATIVE = 2;
const COUNTERS = 'gen_ai.client.inference.usage.';

/** One data point. Times are seconds after the exporter's start. */
export interface GivenPoint {
  /** Short for a counter of the newer convention; a whole name has `gen_ai.` or `claude_code.` in front. */
  readonly metric?: string;
  readonly temporality?: number;
  readonly start?: number | undefined;
  readonly time: number;
  readonly value?: number | undefined;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly resource?: Readonly<Record<string, string>>;
  readonly flags?: number;
  readonly isMonotonic?: boolean;
  readonly kind?: 'sum' | 'histogram' | 'gauge';
}

export const nanos = (seconds: number) =>
  `${BigInt(NOW_MS) * 1_000_000n + BigInt(Math.round(seconds * 1e9))}`;

export const attributeList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** An `ExportMetricsServiceRequest` in JSON, one metric a point. */
export function requestOf(model: string, points: readonly GivenPoint[]): object {
  return {
    resourceMetrics: points.map((given) => {
      const { metric = 'input_tokens', kind = 'sum', temporality = DELTA, isMonotonic = true } = given;
      const isHistogram = kind === 'histogram';
      const point = {
        attributes: attributeList({
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': model,
          ...given.attributes,
        }),
        ...(given.start !== undefined && { startTimeUnixNano: nanos(given.start) }),
        timeUnixNano: nanos(given.time),
        ...(given.flags !== undefined && { flags: given.flags }),
        ...(given.value !== undefined &&
          (isHistogram ? { count: '3', sum: given.value } : { asInt: `${given.value}` })),
      };
      const data = {
        ...(kind !== 'gauge' && { aggregationTemporality: temporality }),
        ...(kind === 'sum' && { isMonotonic }),
        dataPoints: [point],
      };
      return {
        resource: { attributes: attributeList({ 'service.name': 'shop', ...given.resource }) },
        scopeMetrics: [
          {
            scope: { name: 'test' },
            metrics: [
              {
                name:
                  metric.includes('.client.') || metric.startsWith('claude_code')
                    ? metric
                    : `${COUNTERS}${metric}`,
                [kind]: data,
              },
            ],
          },
        ],
      };
    }),
  };
}

export interface MetricsApp {
  readonly app: App;
  readonly ports: FrozenPorts;
  /** Sends the points in one request, at the time of the latest one. */
  send(model: string, ...points: readonly GivenPoint[]): Promise<IngestAnswer>;
  /** `llm_tokens_total` of the model by token type; only what is not 0. */
  tokens(model: string): Promise<Readonly<Record<string, number>>>;
}

/** An app for which metrics count. It is gone after the test. */
export async function metricsApp(
  settings: Settings = {},
  dataDir = tempDir(),
  ports = frozenPorts(),
): Promise<MetricsApp> {
  const app = await openApp(dataDir, { otlp: { signal: 'metrics', services: {} }, ...settings }, ports);
  onTestFinished(() => app.close());
  return {
    app,
    ports,
    send: (model, ...points) => {
      ports.nowMs = Math.max(ports.nowMs, ...points.map(({ time }) => NOW_MS + time * 1000));
      return ingest(app, requestOf(model, points));
    },
    tokens: async (model) => {
      const scraped = samples(await exposition(app));
      const found = [...scraped].filter(
        ([series, value]) =>
          series.startsWith('llm_tokens_total{') && series.includes(`model="${model}"`) && value > 0,
      );
      return Object.fromEntries(
        found.map(([series, value]) => [/token_type="(\w+)"/.exec(series)![1]!, value]),
      );
    },
  };
}

export function ingest(app: App, request: object, attributes = {}): Promise<IngestAnswer> {
  return app.ingest('otlp_metrics', {
    body: Buffer.from(JSON.stringify(request)),
    contentType: 'application/json',
    provider: '',
    attributes,
  });
}
