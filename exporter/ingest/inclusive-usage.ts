import { emptyPerMeter, METER } from '../domain/meters.ts';
import type { WireEvent } from './usage-event-schema.ts';

/**
 * Inclusive totals to disjoint meters. A part that exceeds its total is a contradiction: returned as a sentence,
 * never clamped.
 */
export function metersOf(usage: WireEvent['usage']): number[] | string {
  const input = usage.input_tokens ?? 0;
  const output = usage.output_tokens ?? 0;
  const cacheRead = usage.cache_read_tokens ?? 0;
  const cacheWrite5m = usage.cache_write_5m_tokens ?? 0;
  const cacheWrite1h = usage.cache_write_1h_tokens ?? 0;
  const inputAudio = usage.input_audio_tokens ?? 0;
  const reasoning = usage.reasoning_tokens ?? 0;
  const outputAudio = usage.output_audio_tokens ?? 0;

  const freshInput = input - cacheRead - cacheWrite5m - cacheWrite1h - inputAudio;
  if (freshInput < 0) {
    const parts = cacheRead + cacheWrite5m + cacheWrite1h + inputAudio;
    return `usage: cached and audio input tokens are ${parts}, more than the input_tokens of ${input} that include them`;
  }
  const plainOutput = output - reasoning - outputAudio;
  if (plainOutput < 0) {
    return `usage: reasoning and audio output tokens are ${reasoning + outputAudio}, more than the output_tokens of ${output} that include them`;
  }
  const quantities = emptyPerMeter();
  quantities[METER.input] = freshInput;
  quantities[METER.cache_read] = cacheRead;
  quantities[METER.cache_write_5m] = cacheWrite5m;
  quantities[METER.cache_write_1h] = cacheWrite1h;
  quantities[METER.input_audio] = inputAudio;
  quantities[METER.output] = plainOutput;
  quantities[METER.reasoning] = reasoning;
  quantities[METER.output_audio] = outputAudio;
  quantities[METER.request] = usage.requests ?? 1;
  return quantities;
}
