import type { EngineModelReading } from '../../domain/reading.ts';
import type { TextSample } from '../prometheus-text.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { InputTokens } from './input-tokens.ts';

/** Longer texts in labels are no names. */
const MAX_NAME_LENGTH = 256;
const MAX_MODELS = 256;

/**
 * The models of one answer. `namelessModel` is the model of series that do not name theirs.
 * @throws Error on counts below 0, not finite, or in contradiction: nothing of the answer can be trusted then.
 */
export function readModels(
  metrics: EngineMetrics,
  samples: readonly TextSample[],
  namelessModel: string,
  inputTokens: InputTokens,
): EngineModelReading[] {
  const present = new Set(samples.map(({ name }) => name));
  const namesInUse = (names: readonly string[]) => names.find((name) => present.has(name));
  const ofModel = Map.groupBy(samples, ({ labels }) => {
    const model = metrics.modelLabel === undefined ? undefined : labels.get(metrics.modelLabel);
    return model === undefined || model === '' ? namelessModel : shortText(model);
  });
  if (ofModel.size > MAX_MODELS) throw new Error(`${ofModel.size} models, expected at most ${MAX_MODELS}`);
  return [...ofModel].map(([model, own]) => {
    const of = (names: readonly string[]) => {
      const name = namesInUse(names);
      return own.filter((sample) => sample.name === name);
    };
    const prompt = total(of(metrics.promptTokens));
    const cached = total(of(metrics.cachedTokens));
    const output = total(of(metrics.outputTokens));
    const input = prompt === undefined ? undefined : inputTokens.of(model, prompt, cached ?? 0);
    const running = sum(gauges(metrics, of(metrics.running)));
    const waiting = sum(gauges(metrics, of(metrics.waiting)));
    const usages = gauges(metrics, of(metrics.kvCacheUsage)).filter((usage) => usage <= 1);
    const usage = sum(usages);
    return {
      model,
      tokens: {
        ...(input !== undefined && { input }),
        ...(prompt !== undefined && cached !== undefined && { cache_read: cached }),
        ...(output !== undefined && { output }),
      },
      requests: requestCounts(metrics, of),
      ...(running !== undefined && { running }),
      ...(waiting !== undefined && { waiting }),
      ...(usage !== undefined && { kvCacheUsageRatio: usage / usages.length }),
    };
  });
}

function requestCounts(
  metrics: EngineMetrics,
  of: (names: readonly string[]) => readonly TextSample[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { names, reasonLabel, reason = '' } of metrics.requests) {
    const groups = Map.groupBy(of(names), ({ labels }) =>
      reasonLabel === undefined ? reason : shortText(labels.get(reasonLabel) ?? ''),
    );
    for (const [key, samples] of groups) counts.set(key, (counts.get(key) ?? 0) + (total(samples) ?? 0));
  }
  return counts;
}

/** One number for each replica; numbers that make no sense are absent. */
function gauges({ replicaLabel }: EngineMetrics, samples: readonly TextSample[]): number[] {
  const sensible = samples.filter(({ value }) => value >= 0 && value < Number.POSITIVE_INFINITY);
  const ofReplica = Map.groupBy(sensible, ({ labels }) => labels.get(replicaLabel ?? '') ?? '');
  return [...ofReplica.values()].map((same) => Math.max(...same.map(({ value }) => value)));
}

/** Sum of counters; undefined where there are none. */
function total(samples: readonly TextSample[]): number | undefined {
  for (const { name, value } of samples) {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw new Error(`${name}: got ${value}, expected a count of 0 or more`);
    }
  }
  return sum(samples.map(({ value }) => value));
}

function sum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((result, value) => result + value, 0);
}

function shortText(text: string): string {
  if (text.length <= MAX_NAME_LENGTH) return text;
  throw new Error(`a label of ${text.length} characters, expected at most ${MAX_NAME_LENGTH}`);
}
