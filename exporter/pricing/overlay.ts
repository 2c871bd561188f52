import { canonicalProvider } from '../domain/provider-name.ts';
import type { Listing } from './listing.ts';
import { type NamedRates, picoRate, ratesOf } from './meter-rates.ts';
import { canonicalTier } from './service-tiers.ts';

/** USD per million tokens, or per thousand calls for `web_search` and `request`. */
export type OverlayRates = { readonly [name in keyof NamedRates]?: number | undefined };

export interface OverlayModel {
  readonly provider: string;
  readonly model: string;
  readonly usd_per_million: OverlayRates;
  readonly long_context?:
    | { readonly above_input_tokens: number; readonly usd_per_million: OverlayRates }
    | undefined;
  readonly effective_from?: string | undefined;
}

export interface OverlayDiscount {
  readonly provider: string;
  readonly model: string;
  readonly ratio: number;
  readonly effective_from?: string | undefined;
}

export interface OverlayTier {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly multiplier: number;
}

export interface OverlayRules {
  readonly models: readonly OverlayModel[];
  readonly discounts: readonly OverlayDiscount[];
  readonly service_tiers: readonly OverlayTier[];
  /** Name of the file that holds the rules, for a card's source. */
  readonly file: string;
}

export interface Overlay {
  listing(provider: string, model: string, atMs: number): Listing | undefined;
  discount(provider: string, model: string, atMs: number): Chosen<number> | undefined;
  tierMultiplier(provider: string, model: string, tier: string): Chosen<number> | undefined;
  /** Instants at which a rule comes into effect. */
  readonly changesMs: readonly number[];
}

export interface Chosen<T> {
  readonly value: T;
  /** Where the rule is: `config.yaml pricing.discounts[0]`. */
  readonly where: string;
}

interface Rule<T> extends Chosen<T> {
  readonly provider: string;
  /** Lower case, without the `*`. */
  readonly model: string;
  readonly isPrefix: boolean;
  readonly fromMs: number;
}

export function createOverlay(rules: OverlayRules): Overlay {
  const { file } = rules;
  const listings = rules.models.map((own, index) => {
    const where = `${file} pricing.models[${index}]`;
    return rule(own, listingOf(own, where), where);
  });
  const discounts = rules.discounts.map((own, index) =>
    rule(own, own.ratio, `${file} pricing.discounts[${index}]`),
  );
  const tiers = rules.service_tiers.map((own, index) => ({
    tier: canonicalTier(own.service_tier),
    rule: rule(own, own.multiplier, `${file} pricing.service_tiers[${index}]`),
  }));
  return {
    listing: (provider, model, atMs) => mostSpecific(listings, provider, model, atMs)?.value,
    discount: (provider, model, atMs) => mostSpecific(discounts, provider, model, atMs),
    tierMultiplier: (provider, model, tier) =>
      mostSpecific(
        tiers.filter((own) => own.tier === tier).map((own) => own.rule),
        provider,
        model,
        Number.POSITIVE_INFINITY,
      ),
    changesMs: [...listings, ...discounts].map((own) => own.fromMs).filter(Number.isFinite),
  };
}

function rule<T>(
  own: { readonly provider: string; readonly model: string; readonly effective_from?: string | undefined },
  value: T,
  where: string,
): Rule<T> {
  const model = own.model.trim().toLowerCase();
  const isPrefix = model.endsWith('*');
  return {
    value,
    where,
    provider: canonicalProvider(own.provider),
    model: isPrefix ? model.slice(0, -1) : model,
    isPrefix,
    fromMs: own.effective_from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(own.effective_from),
  };
}

/** An exact name beats a prefix, a longer prefix a shorter one; then the later start, then the later line. */
function mostSpecific<T>(
  rules: readonly Rule<T>[],
  provider: string,
  model: string,
  atMs: number,
): Rule<T> | undefined {
  const name = model.trim().toLowerCase();
  let best: Rule<T> | undefined;
  for (const candidate of rules) {
    if (candidate.provider !== provider || candidate.fromMs > atMs || !matches(candidate, name)) continue;
    if (!best || isAtLeastAsSpecific(candidate, best)) best = candidate;
  }
  return best;
}

function matches(rule: Rule<unknown>, model: string): boolean {
  return rule.isPrefix ? model.startsWith(rule.model) : model === rule.model;
}

function isAtLeastAsSpecific(a: Rule<unknown>, b: Rule<unknown>): boolean {
  if (a.isPrefix !== b.isPrefix) return b.isPrefix;
  if (a.model.length !== b.model.length) return a.model.length > b.model.length;
  return a.fromMs >= b.fromMs;
}

function listingOf(own: OverlayModel, source: string): Listing {
  const base = namedRates(own.usd_per_million);
  const long = own.long_context;
  if (!long) return { source, contextSteps: [], rates: [ratesOf(base)], changesMs: [] };
  const beyond = { ...base, ...namedRates(long.usd_per_million) };
  return {
    source,
    contextSteps: [long.above_input_tokens],
    rates: [ratesOf(base), ratesOf(beyond)],
    changesMs: [],
  };
}

function namedRates(listed: OverlayRates): NamedRates {
  const entries = Object.entries(listed) as [keyof NamedRates, number | undefined][];
  return Object.fromEntries(
    entries.flatMap(([name, usd]) => (usd === undefined ? [] : [[name, picoRate(name, usd)]])),
  );
}
