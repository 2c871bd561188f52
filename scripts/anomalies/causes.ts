import { causeOf } from '../../exporter/anomalies/index.ts';
import type { AnomalyCause } from '../../exporter/domain/anomaly.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { emptyPerMeter, METER } from '../../exporter/domain/meters.ts';
import type { Dimensions } from '../../exporter/domain/usage-event.ts';
import { createRandom, type Random } from '../random.ts';

/** Nano-USD a token: input, read from the cache, output. */
const MODELS = {
  'large-1': [3000, 300, 15_000],
  'medium-1': [1100, 275, 4400],
  'small-1': [150, 75, 600],
} as const;
type Model = keyof typeof MODELS;
const FEATURES = ['chat', 'search', 'summaries', 'agents'];
const TENANTS = ['t1', 't2', 't3', 't4', 't5'];
const USUAL_WINDOWS = 3;
const FAILED_RATIO = 0.02;
const CACHED_RATIO = 0.8;

/** What one (tenant, model, feature) does in a window. */
interface Flow {
  readonly tenant: string;
  readonly model: Model;
  readonly feature: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly cachedRatio: number;
  readonly priceFactor: number;
}

/** Makes of a window as usual one that costs `times` as much. */
type Disturbance = (flows: readonly Flow[], times: number, random: Random) => Disturbed;
interface Disturbed {
  readonly flows: readonly Flow[];
  /** Empty where the kind says it all, or where any is right. */
  readonly value: string;
}

export const CAUSES: Readonly<Partial<Record<AnomalyCause['kind'], Disturbance>>> = {
  model: more('model'),
  tenant: more('tenant'),
  feature: more('feature'),
  price_change: (flows, times, random) => {
    const value = pick(Object.keys(MODELS) as Model[], random);
    const factor = 1 + excessFactor(flows, ({ model }) => model === value, times);
    return {
      value,
      flows: flows.map((flow) => (flow.model === value ? { ...flow, priceFactor: factor } : flow)),
    };
  },
  retry_storm: (flows, times, random) => {
    const value = pick(Object.keys(MODELS) as Model[], random);
    const factor = excessFactor(flows, ({ model }) => model === value, times);
    return {
      value,
      flows: flows.map((flow) =>
        flow.model === value ? { ...flow, failedCalls: flow.failedCalls + flow.calls * factor } : flow,
      ),
    };
  },
  // A cache can only be lost: how much dearer that is, the prices say.
  cache_hit_drop: (flows, times) => ({
    value: '',
    flows: flows.map((flow) => ({ ...flow, cachedRatio: CACHED_RATIO / times ** 2 })),
  }),
};

/** Whether the disturbance of a window was called what it is. */
export function isNamed(kind: AnomalyCause['kind'], times: number, seed: number): boolean {
  const random = createRandom(seed);
  const combinations = combinationsOf(random);
  const usual = Array.from({ length: USUAL_WINDOWS }, () =>
    flowsOf(combinations, random).flatMap(totalsOf),
  ).flat();
  const { flows, value } = CAUSES[kind]!(flowsOf(combinations, random), times, random);
  const cause = causeOf({ totals: flows.flatMap(totalsOf), usual, usualWindows: USUAL_WINDOWS });
  return cause?.kind === kind && (value === '' || cause.value === value);
}

function more(field: 'model' | 'tenant' | 'feature'): Disturbance {
  return (flows, times, random) => {
    const value = pick(flows, random)[field];
    const factor = 1 + excessFactor(flows, (flow) => flow[field] === value, times);
    return {
      value,
      flows: flows.map((flow) =>
        flow[field] === value
          ? { ...flow, calls: flow.calls * factor, failedCalls: flow.failedCalls * factor }
          : flow,
      ),
    };
  };
}

/** By how much what `isIt` must grow for everything to cost `times` as much. */
function excessFactor(flows: readonly Flow[], isIt: (flow: Flow) => boolean, times: number): number {
  const cost = (some: readonly Flow[]) =>
    some.flatMap(totalsOf).reduce((sum, { costs }) => sum + costs.reduce((all, one) => all + one, 0), 0);
  return ((times - 1) * cost(flows)) / cost(flows.filter(isIt));
}

/** Most tenants use some models for some features; sizes differ by a lot. */
function combinationsOf(
  random: Random,
): readonly Omit<Flow, 'failedCalls' | 'cachedRatio' | 'priceFactor'>[] {
  return TENANTS.flatMap((tenant) =>
    FEATURES.flatMap((feature) =>
      (Object.keys(MODELS) as Model[]).flatMap((model) =>
        random.uniform() < 0.4 ? [{ tenant, feature, model, calls: 200 * random.around(1) ** 2 }] : [],
      ),
    ),
  );
}

function flowsOf(combinations: ReturnType<typeof combinationsOf>, random: Random): readonly Flow[] {
  return combinations.map((combination) => {
    const calls = combination.calls * random.around(1) ** 0.5;
    return {
      ...combination,
      calls,
      failedCalls: FAILED_RATIO * calls,
      cachedRatio: CACHED_RATIO,
      priceFactor: 1,
    };
  });
}

function totalsOf({
  tenant,
  model,
  feature,
  calls,
  failedCalls,
  cachedRatio,
  priceFactor,
}: Flow): LedgerTotal[] {
  const [input, cacheRead, output] = MODELS[model].map((rate) => rate * priceFactor) as [
    number,
    number,
    number,
  ];
  const of = (status: Dimensions['status'], count: number): LedgerTotal => {
    const quantities = emptyPerMeter();
    const costs = emptyPerMeter();
    const put = (meter: number, quantity: number, rate: number) => {
      quantities[meter] = Math.round(quantity);
      costs[meter] = Math.round(quantity) * rate;
    };
    put(METER.request, count, 0);
    put(METER.input, count * 4000 * (1 - cachedRatio), input);
    put(METER.cache_read, count * 4000 * cachedRatio, cacheRead);
    put(METER.output, count * 100, output);
    const dimensions: Dimensions = {
      provider: 'a-provider',
      model,
      tenant_id: tenant,
      team: '',
      project_id: '',
      feature,
      environment: '',
      operation: '',
      service_tier: '',
      status,
      category: 'api_external',
    };
    return {
      dimensions,
      unpricedReason: '',
      quantities,
      costs,
      savedByCacheNanoUsd: 0,
      savedByTierNanoUsd: 0,
      reportedNanoUsd: 0,
      computedNanoUsd: 0,
    };
  };
  return [of('success', calls), of('error', failedCalls)];
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random.uniform() * from.length)]!;
}
