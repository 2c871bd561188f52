import type { EngineName } from '../domain/reading.ts';
import { wantedNames } from './engines/engine-metrics.ts';
import { ENGINE_METRICS } from './engines/index.ts';
import { InputTokens } from './engines/input-tokens.ts';
import { readModels } from './engines/read-models.ts';
import type { Sampler } from './sampler.ts';
import { scrapeTarget } from './scrape-target.ts';

export interface EngineTarget {
  readonly engine: EngineName;
  readonly url: string;
  readonly name: string;
  /** The model, where the engine does not name it. */
  readonly model: string;
}

/** Tokens, requests and load of an inference engine, as its own `/metrics` has them. */
export function createEngineSampler({ engine, url, name, model }: EngineTarget): Sampler {
  const metrics = ENGINE_METRICS[engine];
  const target = { url, wanted: wantedNames(metrics), prefix: metrics.prefix };
  const inputTokens = new InputTokens();
  return {
    id: `${engine}:${name}`,
    async sample(signal) {
      const samples = await scrapeTarget(target, signal);
      const models = readModels(metrics, samples, model, inputTokens);
      inputTokens.keep();
      return {
        kind: 'reading',
        reading: { kind: 'engine', engine: { engine, target: name, models } },
      };
    },
  };
}
