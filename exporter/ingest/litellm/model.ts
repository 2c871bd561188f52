import { canonicalProvider } from '../../domain/provider-name.ts';
import { type JsonObject, objectAt, stringAt } from '../provider/json.ts';

/** LiteLLM's names of a provider's further APIs. */
const APIS_OF: Readonly<Record<string, string>> = {
  'text-completion-openai': 'openai',
  azure_text: 'azure',
  cohere_chat: 'cohere',
  vertex_ai_beta: 'google',
  ollama_chat: 'ollama',
  'text-completion-codestral': 'mistral',
  codestral: 'mistral',
  voyage: 'voyageai',
};

/** By the name that prices go by. */
export function providerOf(payload: JsonObject): string | undefined {
  const name = stringAt(payload, 'custom_llm_provider');
  return name === undefined ? undefined : canonicalName(name);
}

function canonicalName(name: string): string {
  return Object.hasOwn(APIS_OF, name) ? APIS_OF[name]! : canonicalProvider(name);
}

/**
 * What answered. Behind a router (`model_group`) the response has the name that the caller asked for, which may be
 * anything; then it is the model of the deployment, or for Azure, where that has a name of one's own making, the one
 * whose price LiteLLM took (`base_model`).
 */
export function modelOf(payload: JsonObject): string | undefined {
  const provider = stringAt(payload, 'custom_llm_provider') ?? '';
  const plain = (model: string | undefined) => model && withoutPrefix(model, provider);
  const asked = plain(stringAt(payload, 'model'));
  const answered = plain(stringAt(objectAt(payload, 'response'), 'model'));
  if (stringAt(payload, 'model_group') === undefined) return answered ?? asked;
  if (canonicalName(provider) !== 'azure') return asked ?? answered;
  const priced = objectAt(objectAt(payload, 'model_map_information'), 'model_map_value');
  return plain(stringAt(priced, 'key')) ?? asked ?? answered;
}

/** Ways to call a provider's models, between its name and the model's. */
const ROUTES = new Set([
  'converse',
  'converse_like',
  'invoke',
  'responses',
  'chat',
  'o_series',
  'gpt5_series',
]);

/** `bedrock/converse/us.anthropic.claude…` without what names provider and route. */
function withoutPrefix(model: string, provider: string): string {
  const [first, ...rest] = model.split('/');
  if (rest.length === 0 || first === undefined) return model;
  if (first !== provider && canonicalName(first) !== canonicalName(provider)) return model;
  while (rest.length > 1 && ROUTES.has(rest[0]!)) rest.shift();
  return rest.join('/');
}
