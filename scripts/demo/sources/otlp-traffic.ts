import { SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SourceTraffic } from './source-traffic.ts';

/** An application with OpenTelemetry: an agent's span with one span of a model call in it, as http/protobuf. */
export function otlpTraffic(base: string, feature: string): SourceTraffic {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': feature }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }))],
  });
  const tracer = provider.getTracer('demo');
  return {
    feature,
    async send(calls) {
      for (const call of calls) {
        const usage = {
          'gen_ai.provider.name': call.provider,
          'gen_ai.usage.input_tokens': call.inputTokens,
          'gen_ai.usage.cache_read.input_tokens': call.cachedTokens,
          'gen_ai.usage.output_tokens': call.outputTokens,
        };
        tracer.startActiveSpan('invoke_agent', (agent) => {
          agent.setAttributes({ 'gen_ai.operation.name': 'invoke_agent', ...usage });
          const span = tracer.startSpan(`chat ${call.model}`, { kind: SpanKind.CLIENT });
          span.setAttributes({
            'gen_ai.operation.name': 'chat',
            'gen_ai.response.model': call.model,
            'gen_ai.response.id': call.id,
            ...usage,
          });
          span.end();
          agent.end();
        });
      }
      await provider.forceFlush();
    },
    close: () => provider.shutdown(),
  };
}
