import { createRandom, type Random } from '../../../scripts/random.ts';

/** Prices of the tests' own model, so that the expected cost is a matter of arithmetic and not of a catalogue. */
export const OWN_MODEL_CONFIG = `
pricing:
  models:
    - provider: openai
      model: e2e-model
      usd_per_million: { input: 2.5, output: 10 }
samplers: { host: false, gpu: false }
`;
const NANO_USD_PER_INPUT_TOKEN = 2500;
const NANO_USD_PER_OUTPUT_TOKEN = 10_000;

export interface PricedEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string;
  readonly tenant_id: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

/** Makes events of `OWN_MODEL_CONFIG`'s model, each with an id of its own. */
export function pricedEvents(
  seed: number,
  atMs: number,
): (count: number, inputTokens: number) => PricedEvent[] {
  const random: Random = createRandom(seed);
  let made = 0;
  return (count, inputTokens) =>
    Array.from({ length: count }, () => ({
      id: `e2e-${seed}-${made}`,
      timestamp: new Date(atMs + made++).toISOString(),
      provider: 'openai',
      model: 'e2e-model',
      tenant_id: `tenant-${made % 7}`,
      usage: {
        input_tokens: Math.round(random.around(inputTokens)),
        output_tokens: Math.round(random.around(100)),
      },
    }));
}

export function expectedNanoUsd(events: readonly PricedEvent[]): number {
  return events.reduce(
    (sum, { usage }) =>
      sum + usage.input_tokens * NANO_USD_PER_INPUT_TOKEN + usage.output_tokens * NANO_USD_PER_OUTPUT_TOKEN,
    0,
  );
}

export function tokens(events: readonly PricedEvent[]): number {
  return events.reduce((sum, { usage }) => sum + usage.input_tokens + usage.output_tokens, 0);
}
