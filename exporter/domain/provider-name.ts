/**
 * Names that clients, SDKs and OpenTelemetry give a provider, and the name that prices are listed under.
 * `azure.ai.openai` must not become `openai`: Azure has its own prices.
 */
export const PROVIDER_ALIASES: Readonly<Record<string, string>> = {
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'az.ai.openai': 'azure',
  'az.ai.inference': 'azure',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  azure_ai: 'azure',
  'aws.bedrock': 'aws',
  aws_bedrock: 'aws',
  'amazon-bedrock': 'aws',
  amazon_bedrock: 'aws',
  bedrock: 'aws',
  bedrock_converse: 'aws',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  gemini: 'google',
  vertex_ai: 'google',
  'vertex-ai': 'google',
  'google-gla': 'google',
  'google-vertex': 'google',
  google_genai: 'google',
  xai: 'x-ai',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  mistralai: 'mistral',
  moonshot_ai: 'moonshotai',
  moonshot: 'moonshotai',
  fireworks_ai: 'fireworks',
  'fireworks-ai': 'fireworks',
  together_ai: 'together',
  'together-ai': 'together',
  togetherai: 'together',
  github_copilot: 'github-copilot',
};

/** The name that prices and overlay rules go by: lower case, aliases resolved. A name that we do not know is kept. */
export function canonicalProvider(name: string): string {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(PROVIDER_ALIASES, key) ? PROVIDER_ALIASES[key]! : key;
}
