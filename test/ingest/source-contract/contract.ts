import type { SourceId } from '../../../exporter/ingest/source.ts';
import type { Settings } from '../../support/running-app.ts';

/** A call as it was made, before any wire format. The token classes are disjoint. */
export interface Call {
  /** Long enough to be a provider's response id. */
  readonly id: string;
  /** Whole seconds. */
  readonly atMs: number;
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly reasoning: number;
  readonly tenant: string;
}

export interface WireRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** What a source may be unable to say or to know. */
export type Feature =
  /** The number of calls. */
  | 'requests'
  /** The text of prompts and answers, or a place for them. */
  | 'content'
  /** That bytes are not its format. */
  | 'refusal'
  /** That a call was made of which the usage is unknown. */
  | 'missing usage'
  /** That tokens have no price, by model. */
  | 'unpriced requests';

/** What calls come to, by series. */
export interface Totals {
  /** By provider, model, tenant and token type. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Nano-USD, by the same. */
  readonly costNanoUsd: ReadonlyMap<string, number>;
  /** By provider, model and tenant. */
  readonly requests: ReadonlyMap<string, number>;
}

/** One wire format (an encoding of it) and how calls are written in it. */
export interface ContractSource {
  readonly name: string;
  readonly id: SourceId;
  /** As few requests as the format allows. Content, where it has any, contains `PROMPT`. */
  encode(calls: readonly Call[]): readonly WireRequest[];
  /** A call of which nothing says what it used, and the reason that it is counted under. */
  readonly withoutUsage?: { encode(call: Call): WireRequest; readonly reason: string };
  /** Where calls come to something else than tokens at the prices of `PRICES`. */
  totals?(calls: readonly Call[]): Totals;
  /** What does not hold for the source, and why. Everything else is tested. */
  readonly cannot: Readonly<Partial<Record<Feature, string>>>;
}

export const PROMPT = 'a prompt that nobody may keep';

/** Nano-USD per token. Reasoning is billed as output. */
export const PRICES: Readonly<Record<string, { input: number; cacheRead: number; output: number }>> = {
  'contract-small': { input: 2000, cacheRead: 500, output: 10_000 },
  'contract-large': { input: 3000, cacheRead: 300, output: 15_000 },
};
export const UNPRICED_MODEL = 'contract-unpriced';
export const BODY_LIMIT_BYTES = 256 * 1024;

/** One configuration for all sources: an OTLP service says which of its signals counts. */
export const SETTINGS: Settings = {
  limits: { body_bytes: BODY_LIMIT_BYTES },
  pricing: {
    models: (
      [
        ['openai', 'contract-small'],
        ['anthropic', 'contract-large'],
      ] as const
    ).map(([provider, model]) => {
      const { input, cacheRead, output } = PRICES[model]!;
      return {
        provider,
        model,
        usd_per_million: { input: input / 1000, cache_read: cacheRead / 1000, output: output / 1000 },
      };
    }),
  },
  otlp: { services: { 'contract-metrics': 'metrics', 'contract-logs': 'logs' } },
  resources: { rates: Object.keys(PRICES).map((sku) => ({ resource: 'cpu', sku, usd: 3.6 })) },
};

export function jsonRequest(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireRequest {
  return { path, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function linesRequest(
  path: string,
  lines: readonly unknown[],
  headers: Readonly<Record<string, string>> = {},
): WireRequest {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return { path, headers: { 'Content-Type': 'application/x-ndjson', ...headers }, body };
}
