import type { ExtractPath, Provider } from '@pydantic/genai-prices';
import { isObject, type JsonObject } from './json.ts';

/** What we take from a response; in the catalogue's terms, where totals include their parts. */
export const NO_COUNTS = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cache_audio_read_tokens: 0,
  cache_image_read_tokens: 0,
  input_audio_tokens: 0,
  input_image_tokens: 0,
  output_tokens: 0,
  output_reasoning_tokens: 0,
  output_audio_tokens: 0,
  output_image_tokens: 0,
  output_citation_tokens: 0,
  web_searches: 0,
};
export type CountName = keyof typeof NO_COUNTS;
export const COUNT_NAMES = Object.keys(NO_COUNTS) as readonly CountName[];
export type Counts = Readonly<Record<CountName, number>>;

/** The counts of a body; `undefined` where the library itself has to say what is wrong with it. */
export type CompiledExtractor = (body: JsonObject) => Counts | undefined;

type Extractor = NonNullable<Provider['extractors']>[number];
type Lookup = (from: JsonObject) => unknown;

interface Step {
  readonly find: Lookup;
  /** `undefined` for what has no meter but has to be there. */
  readonly name: CountName | undefined;
  readonly required: boolean;
}

/** Counts in a list of one item for each of several kinds, as `promptTokensDetails` has them by modality. */
interface ListStep {
  readonly list: string;
  readonly kindField: string;
  readonly countField: string;
  readonly namesOf: Map<string, CountName[]>;
}

/**
 * An extractor of the catalogue as a plain function. The library interprets its mappings at each call, which takes
 * several times as long as parsing the body. A property test holds the two together. `undefined` for a mapping of a
 * kind that we do not know.
 */
export function compileExtractor(extractor: Extractor): CompiledExtractor | undefined {
  const root = lookup(extractor.root);
  const steps: Step[] = [];
  const listSteps: ListStep[] = [];
  for (const { path, dest, required } of extractor.mappings) {
    const name = Object.hasOwn(NO_COUNTS, dest) ? (dest as CountName) : undefined;
    if (name === undefined && !required) continue;
    const find = lookup(path);
    if (find) steps.push({ find, name, required });
    else if (required || name === undefined || !addToLists(listSteps, path, name)) return undefined;
  }
  if (!root) return undefined;
  return (body) => {
    const usage = root(body);
    if (!isObject(usage)) return undefined;
    const counts = { ...NO_COUNTS };
    let found = false;
    for (const { find, name, required } of steps) {
      const value = find(usage);
      if (typeof value !== 'number') {
        if (required) return undefined;
        continue;
      }
      if (!isCount(value)) return undefined;
      if (name === undefined) continue;
      counts[name] += value;
      found = true;
    }
    for (const step of listSteps) {
      const list = usage[step.list];
      if (!Array.isArray(list)) continue;
      for (let i = 0; i < list.length; i++) {
        const item: unknown = list[i];
        if (!isObject(item)) continue;
        const kind = item[step.kindField];
        const value = item[step.countField];
        const names = typeof kind === 'string' ? step.namesOf.get(kind) : undefined;
        if (!names || !isFirst(list, i, step.kindField, kind) || typeof value !== 'number') continue;
        if (!isCount(value)) return undefined;
        for (const name of names) counts[name] += value;
        found = true;
      }
    }
    return found ? counts : undefined;
  };
}

function isCount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** The library takes the first item of a kind and no other. */
function isFirst(list: readonly unknown[], index: number, kindField: string, kind: unknown): boolean {
  for (let i = 0; i < index; i++) {
    const item = list[i];
    if (isObject(item) && item[kindField] === kind) return false;
  }
  return true;
}

/** Keys one in the other; `undefined` where a step is no key. */
function lookup(path: ExtractPath): Lookup | undefined {
  if (typeof path === 'string') return (from) => from[path];
  const [last, ...above] = path.toReversed();
  if (typeof last !== 'string') return undefined;
  const parents = above.reverse();
  if (!parents.every((key) => typeof key === 'string')) return undefined;
  return (from) => {
    let inner: unknown = from;
    for (const key of parents) {
      if (!isObject(inner)) return undefined;
      inner = inner[key];
    }
    return isObject(inner) ? inner[last] : undefined;
  };
}

function addToLists(listSteps: ListStep[], path: ExtractPath, name: CountName): boolean {
  const [list, match, countField] = path;
  if (typeof list !== 'string' || typeof match !== 'object' || typeof countField !== 'string') return false;
  if (path.length !== 3 || !('equals' in match.match)) return false;
  const { field: kindField } = match;
  let step = listSteps.find(
    (other) => other.list === list && other.kindField === kindField && other.countField === countField,
  );
  if (!step) {
    step = { list, kindField, countField, namesOf: new Map() };
    listSteps.push(step);
  }
  const { equals: kind } = match.match;
  step.namesOf.set(kind, [...(step.namesOf.get(kind) ?? []), name]);
  return true;
}
