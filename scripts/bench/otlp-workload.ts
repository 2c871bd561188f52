import { createRandom } from '../random.ts';
import type { AnyValue, JsonSpan, JsonTraces, KeyValue } from './otlp-protobuf.ts';

const MODELS = [
  ['openai', 'gpt-4o', 'gpt-4o-2024-08-06', 'api.openai.com'],
  ['openai', 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18', 'api.openai.com'],
  ['openai', 'gpt-4.1', 'gpt-4.1-2025-04-14', 'api.openai.com'],
  ['anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'api.anthropic.com'],
  ['anthropic', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001', 'api.anthropic.com'],
  ['gcp.gemini', 'gemini-2.5-flash', 'gemini-2.5-flash', 'generativelanguage.googleapis.com'],
] as const;

/** A request of chat spans with 16 attributes each, about 670 bytes as protobuf, every id new. */
export function genAiSpans(seed: number, spans: number, endMs: number): JsonTraces {
  const random = createRandom(seed);
  const hex = (length: number) =>
    Array.from({ length }, () => Math.floor(random.uniform() * 16).toString(16)).join('');
  const span = (index: number): JsonSpan => {
    const [provider, asked, answered, host] = MODELS[Math.floor(random.uniform() * MODELS.length)]!;
    const input = 600 + Math.floor(random.around(900));
    const startMs = endMs - spans + index;
    return {
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: hex(16),
      name: `chat ${asked}`,
      kind: 3,
      startTimeUnixNano: `${startMs - 800}123456`,
      endTimeUnixNano: `${startMs}654321`,
      attributes: [
        ['gen_ai.operation.name', { stringValue: 'chat' }],
        ['gen_ai.provider.name', { stringValue: provider }],
        ['gen_ai.request.model', { stringValue: asked }],
        ['gen_ai.response.model', { stringValue: answered }],
        ['gen_ai.response.id', { stringValue: `chatcmpl-${hex(24)}` }],
        ['gen_ai.response.finish_reasons', { arrayValue: { values: [{ stringValue: 'stop' }] } }],
        ['gen_ai.request.temperature', { doubleValue: 0.2 }],
        ['gen_ai.request.max_tokens', { intValue: '4096' }],
        ['gen_ai.usage.input_tokens', { intValue: String(input) }],
        ['gen_ai.usage.output_tokens', { intValue: String(1 + Math.floor(random.around(250))) }],
        [
          'gen_ai.usage.cache_read.input_tokens',
          { intValue: String(Math.floor(input * random.uniform() * 0.5)) },
        ],
        ['gen_ai.conversation.id', { stringValue: `conv-${hex(16)}` }],
        ['server.address', { stringValue: host }],
        ['server.port', { intValue: '443' }],
        ['user.id', { stringValue: `user-${random.popular(5000)}` }],
        ['tenant.id', { stringValue: `tenant-${String(random.popular(200)).padStart(4, '0')}` }],
      ].map(([key, value]): KeyValue => ({ key: key as string, value: value as AnyValue })),
      status: {},
    };
  };
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'assistant' } },
            { key: 'service.namespace', value: { stringValue: 'shop' } },
            { key: 'deployment.environment.name', value: { stringValue: 'prod' } },
            { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: 'opentelemetry.instrumentation.openai', version: '1.0.0' },
            spans: Array.from({ length: spans }, (_, index) => span(index)),
          },
        ],
      },
    ],
  };
}
