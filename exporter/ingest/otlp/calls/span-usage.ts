import { emptyPerMeter, METER } from '../../../domain/meters.ts';
import { MAX_TOKENS } from '../../usage-event-schema.ts';
import { SLOT } from '../attributes/attribute-keys.ts';
import type { Attributes } from '../attributes/attributes.ts';

/**
 * Instrumentations that pass on what Anthropic and Bedrock report, whose input leaves the cached tokens out. All other
 * ones follow OpenTelemetry, where it includes them.
 */
const RAW_SCOPES =
  /^(@openlit\/instrumentation-(anthropic|bedrock)|openlit\.(otel\.tracing|instrumentation\.(anthropic|bedrock).*)|opentelemetry\.instrumentation\.bedrock|@traceloop\/instrumentation-bedrock|com\.anthropic\.claude_code.*)$/;
const RAW_PROVIDERS: ReadonlySet<string> = new Set(['anthropic', 'aws']);

/**
 * The disjoint meters of a call that has usage, or a message about a contradiction. A count that is not given is none
 * of the call's; nothing is clamped.
 * @param provider as prices go by it
 * @param scope name of the instrumentation
 */
export function metersOfSpan(
  attributes: Attributes,
  provider: string,
  model: string,
  scope: string,
): number[] | string {
  const { badCount, conflict } = attributes;
  if (conflict >= 0) {
    return `${attributes.keyOf(conflict)}: another attribute of the same meaning gives a different number`;
  }
  if (badCount >= 0) {
    return `${attributes.keyOf(badCount)}: expected a whole number from 0 to ${MAX_TOKENS}, got ${attributes.count(badCount)}`;
  }
  const cacheRead = attributes.count(SLOT.cacheRead);
  const written1h = attributes.count(SLOT.cacheWrite1h);
  const written = attributes.has(SLOT.cacheWrite)
    ? attributes.count(SLOT.cacheWrite)
    : attributes.count(SLOT.cacheWrite5m) + written1h;
  const written5m = attributes.has(SLOT.cacheWrite5m)
    ? attributes.count(SLOT.cacheWrite5m)
    : written - written1h;
  if (written5m < 0 || written5m + written1h !== written) {
    return `cache writes: ${attributes.count(SLOT.cacheWrite5m)} for 5 minutes and ${written1h} for an hour are not the ${written} in total`;
  }
  const cached = cacheRead + written;
  const saidInput = attributes.count(SLOT.input);
  const input =
    cached > 0 && leavesCachedOut(attributes, cached, provider, model, scope)
      ? saidInput + cached
      : saidInput;

  const audio = attributes.count(SLOT.inputAudio) - attributes.count(SLOT.cacheReadAudio);
  const image = attributes.count(SLOT.inputImage) - attributes.count(SLOT.cacheReadImage);
  const plainCacheRead = cacheRead - attributes.count(SLOT.cacheReadAudio);
  const freshInput = input - cached - audio - image;
  if (Math.min(freshInput, audio, image, plainCacheRead - attributes.count(SLOT.cacheReadImage)) < 0) {
    return `input: the parts (cache read ${cacheRead}, cache write ${written}, audio ${attributes.count(SLOT.inputAudio)}, image ${attributes.count(SLOT.inputImage)}) are more than the ${input} that include them`;
  }
  const reasoning = attributes.count(SLOT.reasoning);
  const plainOutput =
    attributes.count(SLOT.output) -
    reasoning -
    attributes.count(SLOT.outputAudio) -
    attributes.count(SLOT.outputImage);
  if (plainOutput < 0) {
    return `output: the parts (reasoning ${reasoning}, audio ${attributes.count(SLOT.outputAudio)}, image ${attributes.count(SLOT.outputImage)}) are more than the ${attributes.count(SLOT.output)} that include them`;
  }
  const quantities = emptyPerMeter();
  quantities[METER.input] = freshInput;
  quantities[METER.input_audio] = audio;
  quantities[METER.input_image] = image;
  quantities[METER.cache_read] = plainCacheRead;
  quantities[METER.cache_read_audio] = attributes.count(SLOT.cacheReadAudio);
  quantities[METER.cache_write_5m] = written5m;
  quantities[METER.cache_write_1h] = written1h;
  quantities[METER.output] = plainOutput;
  quantities[METER.output_audio] = attributes.count(SLOT.outputAudio);
  quantities[METER.output_image] = attributes.count(SLOT.outputImage);
  quantities[METER.reasoning] = reasoning;
  quantities[METER.request] = 1;
  return quantities;
}

/**
 * Whether the input is without what was read from and written to a cache. Known of some senders; of the others, more
 * cached tokens than input show it where the provider counts so itself, and contradict each other anywhere else.
 */
function leavesCachedOut(
  attributes: Attributes,
  cached: number,
  provider: string,
  model: string,
  scope: string,
): boolean {
  const countsSo = RAW_PROVIDERS.has(provider) || /claude|anthropic/i.test(model);
  if (!countsSo) return false;
  if (RAW_SCOPES.test(scope) || isAiSdkBefore6(attributes, scope)) return true;
  return cached > attributes.count(SLOT.input);
}

/** Up to its version 5 the Vercel AI SDK passed the provider's numbers on; since then it gives their details. */
function isAiSdkBefore6(attributes: Attributes, scope: string): boolean {
  return (
    scope === 'ai' &&
    /Text\.do/.test(attributes.text(SLOT.aiOperation)) &&
    !attributes.has(SLOT.uncachedInput) &&
    !attributes.keyOf(SLOT.cacheRead).includes('Details')
  );
}
