import { extractUsage, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import { canonicalProvider, PROVIDER_ALIASES } from '../../domain/provider-name.ts';
import { type CompiledExtractor, type Counts, compileExtractor, NO_COUNTS } from './compile-extractor.ts';
import type { JsonObject } from './json.ts';

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

/** Reads one API flavor of a provider. */
export class FlavorReader {
  readonly #provider: Provider;
  readonly #flavor: string;
  readonly #compiled: CompiledExtractor | undefined;
  /** Whether the catalogue knows of a price for cached tokens in this format. */
  readonly namesCacheReads: boolean;

  constructor(provider: Provider, flavor: string) {
    const extractor = provider.extractors?.find(({ api_flavor }) => api_flavor === flavor);
    this.#provider = provider;
    this.#flavor = flavor;
    this.#compiled = extractor && compileExtractor(extractor);
    this.namesCacheReads = extractor?.mappings.some(({ dest }) => dest === 'cache_read_tokens') ?? false;
  }

  /** The counts, or why there are none. */
  read(body: JsonObject): Counts | string {
    return this.#compiled?.(body) ?? this.#readSlowly(body);
  }

  #readSlowly(body: JsonObject): Counts | string {
    try {
      return { ...NO_COUNTS, ...extractUsage(this.#provider, body, this.#flavor).usage };
    } catch (error) {
      return `body: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
