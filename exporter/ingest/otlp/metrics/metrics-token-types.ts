import { emptyPerMeter, METER } from '../../../domain/meters.ts';

/** What the tokens of a point are. `input` and `output` are totals that include the others, but for `parts` alone. */
export type TokenType = 'input' | 'output' | 'cache_read' | 'cache_write' | 'reasoning';

export interface UsageMetric {
  readonly family: 'histogram' | 'counters' | 'claude_code';
  /** Absent where an attribute says it. */
  readonly type?: TokenType;
}

/** Metrics whose points are usage. Others, such as the histograms of tokens per operation, tell of the same tokens. */
export const USAGE_METRICS: ReadonlyMap<string, UsageMetric> = new Map<string, UsageMetric>([
  ['gen_ai.client.token.usage', { family: 'histogram' }],
  ['gen_ai.client.inference.usage.input_tokens', { family: 'counters', type: 'input' }],
  ['gen_ai.client.inference.usage.output_tokens', { family: 'counters', type: 'output' }],
  ['gen_ai.client.inference.usage.cache_read.input_tokens', { family: 'counters', type: 'cache_read' }],
  ['gen_ai.client.inference.usage.cache_write.input_tokens', { family: 'counters', type: 'cache_write' }],
  ['gen_ai.client.inference.usage.reasoning.output_tokens', { family: 'counters', type: 'reasoning' }],
  ['claude_code.token.usage', { family: 'claude_code' }],
]);

/** `gen_ai.token.type` of OpenTelemetry, OpenLIT and Envoy AI Gateway, `type` of Claude Code. */
export const TOKEN_TYPE_NAMES: Readonly<Record<string, TokenType>> = {
  input: 'input',
  prompt: 'input',
  output: 'output',
  completion: 'output',
  cached_input: 'cache_read',
  cache_read: 'cache_read',
  cacheRead: 'cache_read',
  cache_creation_input: 'cache_write',
  cache_creation: 'cache_write',
  cache_write: 'cache_write',
  cacheCreation: 'cache_write',
  reasoning: 'reasoning',
};

/** The total that a type is part of. */
export function sideOf(type: TokenType): 'input' | 'output' {
  return type === 'output' || type === 'reasoning' ? 'output' : 'input';
}

/** The meter of tokens that are in no other. */
function meterOf(type: TokenType, modality: string): number {
  const kind = modality === 'audio' || modality === 'image' ? modality : 'text';
  switch (type) {
    case 'input':
      return { text: METER.input, audio: METER.input_audio, image: METER.input_image }[kind];
    case 'output':
      return { text: METER.output, audio: METER.output_audio, image: METER.output_image }[kind];
    case 'cache_read':
      return kind === 'audio' ? METER.cache_read_audio : METER.cache_read;
    case 'cache_write':
      return METER.cache_write_5m;
    case 'reasoning':
      return METER.reasoning;
  }
}

/** Quantities of tokens; the number of calls is unknown and none. A sentence if the parts exceed their total. */
export function metersOfPoints(
  total: { readonly type: TokenType; readonly amount: number },
  parts: readonly { readonly type: TokenType; readonly amount: number }[],
  modality: string,
): number[] | string {
  const quantities = emptyPerMeter();
  let rest = total.amount;
  for (const { type, amount } of parts) {
    quantities[meterOf(type, modality)]! += amount;
    rest -= amount;
  }
  if (rest < 0) {
    return `${total.type} tokens: the parts (${parts.map(({ type, amount }) => `${type} ${amount}`).join(', ')}) are more than the ${total.amount} that include them`;
  }
  quantities[meterOf(total.type, modality)]! += rest;
  return quantities;
}
