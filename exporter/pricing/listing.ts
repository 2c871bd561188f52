import type { Rates } from './meter-rates.ts';

/** A model's prices at one moment, from the catalogue or the overlay, before tiers and discounts. */
export interface Listing {
  /** For people: `genai-prices/0.1.8 openai/gpt-4o`. */
  readonly source: string;
  /** The catalogue's id of the model; absent for a model of the overlay. */
  readonly catalogueId?: string;
  /** Ascending. A call is in step `i` when its total input exceeds the first `i` of them. */
  readonly contextSteps: readonly number[];
  /** Rates of each step for the whole call; one more than `contextSteps`. */
  readonly rates: readonly Rates[];
  /** Instants around that moment at which these prices may change; empty where they have no conditions. */
  readonly changesMs: readonly number[];
}
