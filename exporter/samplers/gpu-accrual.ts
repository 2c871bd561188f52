import { emptyPerMeter, METER } from '../domain/meters.ts';
import { type GpuHolder, type GpuReading, type GpusReading, isMigInstance } from '../domain/reading.ts';
import type { Dimensions, UsageEvent } from '../domain/usage-event.ts';
import { type GpuShare, gpuShares, holderKey } from './gpu-shares.ts';

/** Whose cost the GPUs are; the `gpu` section of the configuration. */
export type GpuOwner = Pick<Dimensions, 'tenant_id' | 'team' | 'environment'>;

/** GPUs whose rests are kept. */
const MAX_GPUS = 65_536;

/**
 * Whole seconds of each GPU and holder. The meter counts whole seconds and intervals and shares are not whole, so what
 * is left over is kept for the next time: the sum is never off by a second for each holder, however many intervals.
 * The rest of a holder that is gone goes to another of the same GPU. What is kept is lost with the process.
 */
export class GpuClock {
  readonly #rests = new Map<string, ReadonlyMap<string, number>>();

  /** Whole seconds by `holderKey`. `shares` is not empty and sums to 1. */
  take(uuid: string, elapsedSeconds: number, shares: readonly GpuShare[]): ReadonlyMap<string, number> {
    const rests = new Map(this.#rests.get(uuid));
    const whole = new Map<string, number>();
    const kept = new Map<string, number>();
    const parts = shares.map(({ holder, ratio }) => {
      const key = holderKey(holder);
      const rest = rests.get(key) ?? 0;
      rests.delete(key);
      return { key, seconds: rest + elapsedSeconds * ratio };
    });
    for (const rest of rests.values()) parts[0]!.seconds += rest;
    for (const { key, seconds } of parts) {
      whole.set(key, Math.floor(seconds));
      kept.set(key, seconds - Math.floor(seconds));
    }
    this.#rests.delete(uuid);
    this.#rests.set(uuid, kept);
    if (this.#rests.size > MAX_GPUS) this.#rests.delete(this.#rests.keys().next().value!);
    return whole;
  }
}

/**
 * The events of the GPUs' time since the previous reading: one for each physical GPU and holder. MIG instances are
 * parts of their GPU, whose time is split among those who hold them. A GPU is paid for whether it is busy or not, so
 * utilisation does not matter.
 */
export function gpuCharges(
  gpus: readonly GpuReading[],
  elapsedSeconds: number,
  timestampMs: number,
  owner: GpuOwner,
  clock: GpuClock,
  tenantFromNamespace?: GpusReading['tenantFromNamespace'],
): UsageEvent[] {
  const sharesOf = gpuShares(gpus);
  return gpus
    .filter((gpu) => !isMigInstance(gpu))
    .flatMap((gpu) => {
      const shares = sharesOf.get(gpu.uuid)!;
      const seconds = clock.take(gpu.uuid, elapsedSeconds, shares);
      return shares
        .map(({ holder }) => ({ holder, seconds: seconds.get(holderKey(holder)) ?? 0 }))
        .filter((share) => share.seconds > 0)
        .map((share) => gpuEvent(gpu, share.holder, share.seconds, timestampMs, owner, tenantFromNamespace));
    });
}

function gpuEvent(
  gpu: GpuReading,
  holder: GpuHolder | undefined,
  seconds: number,
  timestampMs: number,
  owner: GpuOwner,
  tenantFromNamespace = false,
): UsageEvent {
  const quantities = emptyPerMeter();
  quantities[METER.gpu_second] = seconds;
  return {
    id: `gpu:${gpu.uuid}:${timestampMs}${holder ? `:${holderKey(holder)}` : ''}`,
    timestampMs,
    dimensions: {
      provider: '',
      model: gpu.model,
      tenant_id: (tenantFromNamespace && holder?.namespace) || owner.tenant_id,
      team: owner.team,
      project_id: '',
      feature: '',
      environment: owner.environment,
      operation: tenantFromNamespace && !holder ? 'gpu_unallocated' : 'gpu',
      service_tier: '',
      status: 'success',
      category: 'gpu_compute',
    },
    quantities,
    userId: '',
    executionId: '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: undefined,
    tags: tagsOf(gpu, holder),
  };
}

function tagsOf({ hostname }: GpuReading, holder: GpuHolder | undefined): string {
  const tags = Object.entries({
    hostname,
    k8s_namespace: holder?.namespace,
    k8s_pod: holder?.pod,
    k8s_container: holder?.container,
  }).filter(([, text]) => text);
  return tags.length === 0 ? '' : JSON.stringify(Object.fromEntries(tags));
}
