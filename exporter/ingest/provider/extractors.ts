import { type Provider, waitForUpdate } from '@pydantic/genai-prices';
import { canonicalProvider, PROVIDER_ALIASES } from '../../domain/provider-name.ts';

// The bundled catalogue; it resolves at once, nothing is fetched.
const BY_ID: ReadonlyMap<string, Provider> = new Map(
  ((await waitForUpdate()) ?? []).filter((p) => p.extractors?.length).map((p) => [p.id, p]),
);

/** Every accepted provider name. */
export const PROVIDERS: readonly string[] = [
  ...BY_ID.keys(),
  ...Object.keys(PROVIDER_ALIASES).filter((alias) => BY_ID.has(canonicalProvider(alias))),
].sort();

/** The catalogue's entry that knows a provider's response formats. */
export function extractingProvider(name: string): Provider | undefined {
  return BY_ID.get(canonicalProvider(name));
}
