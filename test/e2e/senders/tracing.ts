import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** A registered tracer provider that exports to an OTLP address as `service`. */
export function startTracing(otlpUrl: string, protocol: string, service: string): NodeTracerProvider {
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'deployment.environment.name': 'test' }),
    spanProcessors: [new BatchSpanProcessor(new Exporter({ url: `${otlpUrl}/v1/traces` }))],
  });
  provider.register();
  return provider;
}
