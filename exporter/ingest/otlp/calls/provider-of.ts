import { canonicalProvider } from '../../../domain/provider-name.ts';

/** An engine of one's own that speaks a provider's protocol: nobody bills its tokens at that provider's prices. */
export const SELF_HOSTED = 'self-hosted';

/** Whose hosts these are, whatever the client library takes itself for. The first that fits counts. */
const HOSTS: readonly (readonly [host: RegExp, provider: string])[] = [
  [/(^|\.)(openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/, 'azure'],
  [/(^|\.)openai\.com$/, 'openai'],
  [/(^|\.)anthropic\.com$/, 'anthropic'],
  [/(^|\.)openrouter\.ai$/, 'openrouter'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)x\.ai$/, 'x-ai'],
  [/(^|\.)together\.(xyz|ai)$/, 'together'],
  [/(^|\.)fireworks\.ai$/, 'fireworks'],
  [/(^|\.)mistral\.ai$/, 'mistral'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
  [/(^|\.)cohere\.(com|ai)$/, 'cohere'],
  [/(^|\.)cerebras\.ai$/, 'cerebras'],
  [/(^|\.)moonshot\.(ai|cn)$/, 'moonshotai'],
  [/^(generativelanguage|.*aiplatform)\.googleapis\.com$/, 'google'],
  [/^bedrock(-runtime|-mantle)?[.-].*(amazonaws\.com(\.cn)?|api\.aws)$/, 'aws'],
];

const PRIVATE_HOST =
  /^(localhost|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|::1|f[cd][0-9a-f]{2}:.*|[^.:]+|.*\.(local|localhost|internal|lan|svc|cluster\.local))$/;

/** The AI SDK's names of its providers, which carry the kind of model behind a dot: `openai.chat`. */
const AI_SDK: readonly (readonly [prefix: RegExp, provider: string])[] = [
  [/^azure(-openai)?\./, 'azure'],
  [/^(google|gemini)[.-]/, 'google'],
  [/^vertex\./, 'google'],
  [/^(amazon-)?bedrock[.-]/, 'aws'],
];

const MODEL_KIND =
  /\.(chat|responses|completion|completions|messages|embedding|embeddings|textembedding|image|speech|transcription|rerank|reranking)$/;

const REMEMBERED = 1000;

/**
 * Names providers as prices go by them. Of few different names, so each is worked out once; forgets all when full.
 */
export class ProviderNames {
  readonly #known = new Map<string, Map<string, string>>();
  #size = 0;

  /** By what the sender says and by the host that it called (or its URL), either of which may be empty. */
  nameOf(said: string, serverAddress: string): string {
    const known = this.#known.get(said)?.get(serverAddress);
    if (known !== undefined) return known;
    const name = providerOf(said, serverAddress);
    if (this.#size >= REMEMBERED) {
      this.#known.clear();
      this.#size = 0;
    }
    const byHost = this.#known.get(said) ?? new Map<string, string>();
    this.#known.set(said, byHost.set(serverAddress, name));
    this.#size += 1;
    return name;
  }
}

function providerOf(said: string, serverAddress: string): string {
  const host = hostOf(serverAddress);
  const owner = HOSTS.find(([pattern]) => pattern.test(host))?.[1];
  if (owner !== undefined) return owner;
  const name = canonicalName(said);
  return host !== '' && (name === 'openai' || name === '') && PRIVATE_HOST.test(host) ? SELF_HOSTED : name;
}

function canonicalName(said: string): string {
  const name = canonicalProvider(said);
  const mapped = AI_SDK.find(([prefix]) => prefix.test(name));
  if (mapped) return mapped[1];
  return canonicalProvider(name.replace(MODEL_KIND, ''));
}

/** Of a host, a host with its port, or a URL. */
function hostOf(serverAddress: string): string {
  const [, ipv6, host = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?(?:\[([0-9a-f:]+)\]|([^/:?#]*))/i.exec(serverAddress) ?? [];
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*$/i.test(serverAddress);
  return (isBareIpv6 ? serverAddress : (ipv6 ?? host)).toLowerCase();
}
