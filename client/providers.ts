import { type JsonObject, textAt } from './json.ts';

/** Hosts by their end. */
const HOSTS: readonly (readonly [suffix: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['.openai.azure.com', 'azure'],
  ['.cognitiveservices.azure.com', 'azure'],
  ['.services.ai.azure.com', 'azure'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'google'],
  ['api.groq.com', 'groq'],
  ['api.mistral.ai', 'mistral'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x-ai'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.moonshot.ai', 'moonshotai'],
  ['openrouter.ai', 'openrouter'],
];

/**
 * Whose API a host is. One that we do not know is its own provider, without a price: that a body looks like OpenAI's
 * does not make it OpenAI's.
 * @param own providers by host (`gateway.internal`, `127.0.0.1:8000`)
 */
export function providerOfHost({ host, hostname }: URL, own: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(own, host)) return own[host]!;
  if (Object.hasOwn(own, hostname)) return own[hostname]!;
  const [, provider] =
    HOSTS.find(([suffix]) => (suffix.startsWith('.') ? hostname.endsWith(suffix) : hostname === suffix)) ??
    [];
  return provider ?? host;
}

/** Who made a response that came without its provider: only forms that are one provider's own, or nearly. */
export function providerOfBody(body: JsonObject): string | undefined {
  const object = textAt(body, 'object');
  if (object === 'chat.completion' || object === 'text_completion' || object === 'response') return 'openai';
  if (object === 'list' && Array.isArray(body.data) && 'usage' in body) return 'openai';
  return body.type === 'message' && body.role === 'assistant' ? 'anthropic' : undefined;
}

/** Providers whose responses the exporter reads better than an event could say them. */
export const READ_BY_EXPORTER: ReadonlySet<string> = new Set(
  `arcee aws azure baseten cerebras cloudflare cohere cursor deepseek doubleword fireworks github-copilot google groq
   huggingface_cerebras huggingface_fireworks-ai huggingface_groq huggingface_hyperbolic huggingface_nebius
   huggingface_novita huggingface_nscale huggingface_ovhcloud huggingface_publicai huggingface_sambanova
   huggingface_together minimax mistral modal moonshotai openrouter ovhcloud perplexity quicksilverpro typesafe x-ai
   zai zhipuai`.split(/\s+/),
);
