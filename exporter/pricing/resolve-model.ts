import { canonicalProvider } from '../domain/provider-name.ts';
import { catalogueListing } from './catalogue.ts';
import type { Listing } from './listing.ts';
import type { Overlay } from './overlay.ts';
import { compileCard } from './rate-card.ts';
import type { Resolution } from './resolution-cache.ts';
import { canonicalTier, publishedTier, type TierEffect } from './service-tiers.ts';
import { unpriced } from './unpriced.ts';

/** The overlay's own model or else the catalogue's, then the service tier, then the contract's discount. */
export function resolveModel(
  overlay: Overlay,
  givenProvider: string,
  model: string,
  givenTier: string,
  atMs: number,
): Resolution {
  const provider = canonicalProvider(givenProvider);
  const serviceTier = canonicalTier(givenTier);
  const listed = overlay.listing(provider, model, atMs) ?? catalogueListing(provider, model, atMs);
  if (typeof listed === 'string') return { ...between(overlay.changesMs, atMs), outcome: unpriced(listed) };

  const tier = tierFor(overlay, provider, model, serviceTier, listed);
  const discount = overlay.discount(provider, model, atMs);
  const cards = listed.rates.map((list, step) => {
    const source = [
      listed.source,
      step > 0 && `above ${listed.contextSteps[step - 1]} input tokens`,
      serviceTier !== 'standard' && `${serviceTier} x ${tier.effect?.multiplier ?? 'unknown'}${tier.where}`,
      discount && `discount ${discount.value} (${discount.where})`,
    ];
    return compileCard({
      source: source.filter(Boolean).join(', '),
      provider,
      model,
      serviceTier,
      list,
      tier: tier.effect,
      discountRatio: discount?.value ?? 0,
    });
  });
  return {
    ...between([...overlay.changesMs, ...listed.changesMs], atMs),
    outcome: { kind: 'cards', contextSteps: listed.contextSteps, cards },
  };
}

function tierFor(
  overlay: Overlay,
  provider: string,
  model: string,
  serviceTier: string,
  listed: Listing,
): { readonly effect: TierEffect | undefined; readonly where: string } {
  const own = overlay.tierMultiplier(provider, model, serviceTier);
  if (own) return { effect: { multiplier: own.value, cacheReads: 'scaled' }, where: ` (${own.where})` };
  return { effect: publishedTier(provider, listed.catalogueId, serviceTier), where: '' };
}

function between(changesMs: readonly number[], atMs: number): Pick<Resolution, 'fromMs' | 'untilMs'> {
  return {
    fromMs: Math.max(...changesMs.filter((change) => change <= atMs)),
    untilMs: Math.min(...changesMs.filter((change) => change > atMs)),
  };
}
