import { type Provider, waitForUpdate } from '@pydantic/genai-prices';

/** Path names besides the catalogue's own, and whose response format they stand for. */
const ALIASES: Readonly<Record<string, string>> = {
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  azure_ai: 'azure',
  'aws.bedrock': 'aws',
  aws_bedrock: 'aws',
  bedrock: 'aws',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  gemini: 'google',
  vertex_ai: 'google',
  xai: 'x-ai',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
  fireworks_ai: 'fireworks',
};

// The bundled catalogue; it resolves at once, nothing is fetched.
const BY_ID: ReadonlyMap<string, Provider> = new Map(
  ((await waitForUpdate()) ?? []).filter((p) => p.extractors?.length).map((p) => [p.id, p]),
);

/** Every accepted provider name. */
export const PROVIDERS: readonly string[] = [...BY_ID.keys(), ...Object.keys(ALIASES)].sort();

/** The catalogue's entry that knows a provider's response formats. */
export function extractingProvider(name: string): Provider | undefined {
  const key = name.trim().toLowerCase();
  return BY_ID.get(Object.hasOwn(ALIASES, key) ? (ALIASES[key] as string) : key);
}
