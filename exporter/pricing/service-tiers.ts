/** How a service tier changes the list rates of tokens. Fees per call (`web_search`, `request`) are never changed. */
export interface TierEffect {
  readonly multiplier: number;
  /** `list`: cache reads keep their list rate. `unknown`: nobody says what they cost on this tier. */
  readonly cacheReads: 'scaled' | 'list' | 'unknown';
}

const STANDARD_NAMES = new Set([
  '',
  'default',
  'standard',
  'auto',
  'on_demand',
  'on-demand',
  'standard_only',
]);
const OTHER_NAMES: Readonly<Record<string, string>> = {
  batches: 'batch',
  on_demand_flex: 'flex',
  on_demand_priority: 'priority',
};

/** `standard`, `batch`, `flex`, `priority`, or what the provider calls it, in lower case. */
export function canonicalTier(name: string): string {
  const key = name.trim().toLowerCase();
  if (STANDARD_NAMES.has(key)) return 'standard';
  return Object.hasOwn(OTHER_NAMES, key) ? (OTHER_NAMES[key] as string) : key;
}

const HALF: TierEffect = { multiplier: 0.5, cacheReads: 'scaled' };

/** Tiers that a provider prices alike for all of its models. */
const BY_PROVIDER: Readonly<Record<string, Readonly<Record<string, TierEffect>>>> = {
  openai: { batch: HALF, flex: HALF },
  azure: { batch: HALF },
  // Anthropic stacks batch with cache rates. Inference kept in the US costs 1.1 times every token rate.
  anthropic: {
    batch: HALF,
    standard_us: { multiplier: 1.1, cacheReads: 'scaled' },
    batch_us: { multiplier: 0.55, cacheReads: 'scaled' },
  },
  aws: { batch: HALF },
  mistral: { batch: HALF },
  // Google's batch and cache discounts do not stack, the cache's wins; for flex it does not say.
  google: {
    batch: { multiplier: 0.5, cacheReads: 'list' },
    flex: { multiplier: 0.5, cacheReads: 'unknown' },
  },
};

/**
 * OpenAI prices priority by model: its published price over the standard one, alike for every token class.
 * By the catalogue's ids, which have the dated names and the codex variants with them.
 */
export const OPENAI_PRIORITY: Readonly<Record<string, number>> = {
  'gpt-5.4': 2,
  'gpt-5.4-mini': 2,
  'gpt-5.2': 2,
  'gpt-5.1': 2,
  'gpt-5': 2,
  'gpt-5-mini': 0.45 / 0.25,
  'gpt-4.1': 1.75,
  'gpt-4.1-mini': 1.75,
  'gpt-4.1-nano': 2,
  'gpt-4o': 1.7,
  'gpt-4o-2024-05-13': 1.75,
  'gpt-4o-mini': 0.25 / 0.15,
  o3: 1.75,
  'o4-mini': 2 / 1.1,
};

/**
 * The published effect of a tier, `undefined` where none is known (`scale`, provisioned throughput, priority of most
 * models, any tier of an unknown provider): such a call stays unpriced until the overlay gives a multiplier.
 * @param listing the catalogue's model id, absent for a model of the overlay
 */
export function publishedTier(
  provider: string,
  listing: string | undefined,
  tier: string,
): TierEffect | undefined {
  if (tier === 'standard') return { multiplier: 1, cacheReads: 'scaled' };
  if (tier === 'priority' && provider === 'openai' && listing !== undefined) {
    const multiplier = Object.hasOwn(OPENAI_PRIORITY, listing) ? OPENAI_PRIORITY[listing] : undefined;
    return multiplier === undefined ? undefined : { multiplier, cacheReads: 'scaled' };
  }
  const tiers = Object.hasOwn(BY_PROVIDER, provider) ? BY_PROVIDER[provider] : undefined;
  return tiers && Object.hasOwn(tiers, tier) ? tiers[tier] : undefined;
}
