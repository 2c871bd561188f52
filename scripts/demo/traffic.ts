import { createHash } from 'node:crypto';
import { createRandom } from '../random.ts';
import { RUNAWAY_AGENT, WORKLOADS, type Workload } from './workloads.ts';

/** An event as `POST /v1/usage` takes it. */
export interface TrafficEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string;
  readonly tenant_id: string;
  readonly team: string;
  readonly feature: string;
  readonly environment: string;
  readonly operation: string;
  readonly status: string;
  readonly latency_ms: number;
  readonly prompt_hash: string;
  readonly usage: Readonly<Record<string, number>>;
}

export interface Traffic {
  /** `count` calls spread evenly over `[fromMs, toMs)`. */
  ordinary(count: number, fromMs: number, toMs: number): TrafficEvent[];
  /** The same of the agent in a loop. */
  runaway(count: number, fromMs: number, toMs: number): TrafficEvent[];
}

/** Ids start with `idPrefix`: take another one for every run against the same ledger. */
export function createTraffic(seed: number, idPrefix: string): Traffic {
  const random = createRandom(seed);
  const totalWeight = WORKLOADS.reduce((sum, { weight }) => sum + weight, 0);
  let made = 0;

  const pick = (): Workload => {
    let left = random.uniform() * totalWeight;
    for (const workload of WORKLOADS) {
      left -= workload.weight;
      if (left < 0) return workload;
    }
    return WORKLOADS[0]!;
  };

  const call = (workload: Workload, atMs: number): TrafficEvent => {
    const input = Math.max(1, Math.round(random.around(workload.inputTokens)));
    const cached = Math.floor(input * workload.cachedShare * random.uniform());
    const output = Math.round(random.around(workload.outputTokens));
    const prompt = random.popular(workload.distinctPrompts);
    const failed = random.uniform() < 0.01;
    return {
      id: `${idPrefix}-${made++}`,
      timestamp: new Date(atMs).toISOString(),
      provider: workload.provider,
      model: workload.model,
      tenant_id: workload.tenant_id,
      team: workload.team,
      feature: workload.feature,
      environment: workload.environment,
      operation: workload.operation,
      status: failed ? 'timeout' : 'success',
      latency_ms: Math.round(120 + output * random.around(14)),
      prompt_hash: createHash('sha256').update(`${workload.feature}/${prompt}`).digest('hex').slice(0, 32),
      usage: { input_tokens: input, output_tokens: output, ...(cached > 0 && { cache_read_tokens: cached }) },
    };
  };

  const spread = (count: number, fromMs: number, toMs: number, next: () => Workload) =>
    Array.from({ length: count }, (_, index) => call(next(), fromMs + ((toMs - fromMs) * index) / count));

  return {
    ordinary: (count, fromMs, toMs) => spread(count, fromMs, toMs, pick),
    runaway: (count, fromMs, toMs) => spread(count, fromMs, toMs, () => RUNAWAY_AGENT),
  };
}

/** Calls per second at a time of day: quieter half a day ago, `average` now. */
export function callsPerSecond(average: number, hoursAgo: number): number {
  return average * (1 - 0.5 * Math.sin((Math.PI * hoursAgo) / 12));
}
