import { METER } from '../../exporter/domain/meters.ts';

/** A response body as a provider sent it, and what each reader of the sample makes of it. */
export interface Recorded {
  readonly source_file: string;
  readonly model: string | null;
  readonly body: {
    readonly usage?: Record<string, unknown>;
    readonly usageMetadata?: Record<string, unknown>;
  };
  readonly extracted: readonly { readonly extractors: readonly Reading[]; readonly usage: Usage }[];
}

type Usage = Readonly<Record<string, number>>;

interface Reading {
  readonly provider_id: string;
  readonly api_flavor: string;
  readonly input_price?: string | undefined;
  readonly output_price?: string;
}

/** Who sent a recorded body: by the name of the recording where several providers share a format, else by format. */
export function senderOf({ source_file: file, model, body }: Recorded): string {
  const usage = body.usage ?? {};
  const name = model ?? '';
  if (body.usageMetadata) return 'google';
  if ('inputTokens' in usage) return 'aws';
  if ('billed_units' in usage) return 'cohere';
  if ('cache_creation_input_tokens' in usage) return 'anthropic';
  if (file.includes('openrouter')) return 'openrouter';
  if (file.includes('cerebras')) return 'cerebras';
  if (file.includes('azure')) return 'azure';
  if ('queue_time' in usage) return 'groq';
  if ('num_cached_tokens' in usage || /^(mistral|magistral|pixtral)/.test(name)) return 'mistral';
  if ('prompt_cache_hit_tokens' in usage) return 'deepseek';
  if (name.startsWith('glm-')) return 'zai';
  if (name.startsWith('gemini-')) return 'google';
  if (name.startsWith('openai.')) return 'aws';
  // Hugging Face relays to many hosts and the recordings do not name them; their formats are all one.
  if (name.startsWith('deepseek-ai/') || name.startsWith('Qwen/')) return 'huggingface_nebius';
  return 'openai';
}

/** The sample's reading of a body by its sender, in the format that it was sent in. */
export function expectedOf(
  { body, extracted }: Recorded,
  sender: string,
): (Reading & { readonly usage: Usage }) | undefined {
  const readings = extracted.flatMap(({ extractors, usage }) =>
    extractors.map((each) => ({ ...each, usage })),
  );
  const by = (provider: string, flavors: readonly string[]) =>
    readings.find((each) => each.provider_id === provider && flavors.includes(each.api_flavor));
  const isResponses = 'input_tokens_details' in (body.usage ?? {});
  if (!isResponses) return by(sender, ['chat', 'default', 'anthropic']);
  // OpenRouter and Bedrock relay OpenAI's responses format, which the sample does not read in their name.
  const relayed = by('openai', ['responses']);
  return by(sender, ['responses']) ?? (relayed && { ...relayed, input_price: undefined });
}

/** Our disjoint meters in the library's terms, where a total includes its parts. */
export function inclusive(quantities: readonly number[]): Record<string, number> {
  const sum = (...meters: (keyof typeof METER)[]) =>
    meters.reduce((total, meter) => total + (quantities[METER[meter]] ?? 0), 0);
  return {
    input_tokens: sum(
      'input',
      'input_audio',
      'input_image',
      'cache_read',
      'cache_read_audio',
      'cache_write_5m',
      'cache_write_1h',
    ),
    cache_read_tokens: sum('cache_read', 'cache_read_audio'),
    cache_write_tokens: sum('cache_write_5m', 'cache_write_1h'),
    cache_write_1h_tokens: sum('cache_write_1h'),
    cache_audio_read_tokens: sum('cache_read_audio'),
    input_audio_tokens: sum('input_audio', 'cache_read_audio'),
    output_tokens: sum('output', 'output_audio', 'output_image', 'reasoning'),
    output_reasoning_tokens: sum('reasoning'),
    output_audio_tokens: sum('output_audio'),
    output_image_tokens: sum('output_image'),
    web_searches: sum('web_search'),
  };
}
