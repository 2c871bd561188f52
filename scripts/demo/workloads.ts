/** One application of one tenant: who calls which model, how often and how large. Token counts are medians. */
export interface Workload {
  readonly tenant_id: string;
  readonly team: string;
  readonly feature: string;
  readonly provider: string;
  readonly model: string;
  readonly operation: 'chat' | 'embeddings';
  readonly environment: 'production' | 'staging';
  /** Share of all calls, relative to the others. */
  readonly weight: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Share of the input that the provider's prompt cache serves. */
  readonly cachedShare: number;
  /** Number of distinct prompts; a small one means that many calls repeat. */
  readonly distinctPrompts: number;
}

const workload = (
  who: readonly [tenant_id: string, team: string, feature: string],
  calls: readonly [provider: string, model: string],
  size: Pick<Workload, 'weight' | 'inputTokens' | 'outputTokens'> & Partial<Workload>,
): Workload => ({
  tenant_id: who[0],
  team: who[1],
  feature: who[2],
  provider: calls[0],
  model: calls[1],
  operation: 'chat',
  environment: 'production',
  cachedShare: 0,
  distinctPrompts: 1_000_000,
  ...size,
});

export const WORKLOADS: readonly Workload[] = [
  // The same questions again and again: what an answer cache would save.
  workload(['acme', 'support', 'help-desk'], ['openai', 'gpt-4o'], {
    weight: 20,
    inputTokens: 2600,
    outputTokens: 350,
    distinctPrompts: 120,
  }),
  workload(['acme', 'search', 'product-search'], ['openai', 'gpt-4o-mini'], {
    weight: 18,
    inputTokens: 3500,
    outputTokens: 260,
  }),
  workload(['globex', 'research', 'report-writer'], ['anthropic', 'claude-sonnet-4-5'], {
    weight: 9,
    inputTokens: 9000,
    outputTokens: 1200,
    cachedShare: 0.6,
  }),
  // Short questions to an expensive model.
  workload(['initech', 'back-office', 'ticket-triage'], ['openai', 'gpt-4o'], {
    weight: 16,
    inputTokens: 420,
    outputTokens: 60,
  }),
  workload(['umbrella', 'legal', 'contract-review'], ['google', 'gemini-2.5-pro'], {
    weight: 4,
    inputTokens: 24_000,
    outputTokens: 1500,
  }),
  workload(['hooli', 'platform', 'code-agent'], ['anthropic', 'claude-sonnet-4-5'], {
    weight: 8,
    inputTokens: 14_000,
    outputTokens: 700,
    cachedShare: 0.8,
  }),
  workload(['stark', 'data', 'tagging'], ['google', 'gemini-2.5-flash'], {
    weight: 14,
    inputTokens: 1200,
    outputTokens: 80,
    environment: 'staging',
  }),
  workload(['wayne', 'search', 'indexing'], ['openai', 'text-embedding-3-small'], {
    weight: 10,
    inputTokens: 700,
    outputTokens: 0,
    operation: 'embeddings',
  }),
  // No price table knows this one: its tokens are counted as unpriced, never as free.
  workload(['wayne', 'labs', 'prototype'], ['openai', 'wayne-internal-preview'], {
    weight: 1,
    inputTokens: 900,
    outputTokens: 200,
    environment: 'staging',
  }),
];

/** What goes wrong during the demo: an agent in a loop, with its whole repository in every prompt. */
export const RUNAWAY_AGENT: Workload = workload(
  ['hooli', 'platform', 'code-agent'],
  ['anthropic', 'claude-opus-4-1'],
  { weight: 1, inputTokens: 150_000, outputTokens: 2500 },
);
