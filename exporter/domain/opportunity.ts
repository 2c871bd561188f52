/** A way to spend less, in dollars a month, with the numbers that it was computed from. */
export interface Opportunity {
  readonly strategy: 'response_cache' | 'model_downgrade' | 'gpu_rightsizing';
  /** What it is about: `acme/openai/gpt-4o`, `GPU-6b1e…`. */
  readonly target: string;
  readonly effort: 'low' | 'medium' | 'high';
  readonly risk: 'low' | 'medium' | 'high';
  readonly savingsUsdPerMonth: number;
  /** 0–1. */
  readonly confidence: number;
  /** One sentence: what to do. */
  readonly advice: string;
  readonly evidence: Readonly<Record<string, number | string>>;
}
