import { emptyPerMeter, METER } from '../domain/meters.ts';
import { type GpuReading, isMigInstance } from '../domain/reading.ts';
import type { Dimensions, UsageEvent } from '../domain/usage-event.ts';

/** Whose cost the GPUs are; the `gpu` section of the configuration. */
export type GpuOwner = Pick<Dimensions, 'tenant_id' | 'team' | 'environment'>;

/**
 * Whole seconds of each GPU. The meter counts whole seconds and intervals are not whole, so what is left over is kept
 * for the next time: the sum is never off by a second, however many intervals. What is kept is lost with the process.
 */
export class GpuClock {
  readonly #restSeconds = new Map<string, number>();

  take(uuid: string, elapsedSeconds: number): number {
    const seconds = (this.#restSeconds.get(uuid) ?? 0) + elapsedSeconds;
    const whole = Math.floor(seconds);
    this.#restSeconds.set(uuid, seconds - whole);
    return whole;
  }
}

/**
 * One event per physical GPU for the time since the previous reading. MIG instances are parts of their GPU: the GPU is
 * charged once, as a whole. A GPU is paid for whether it is busy or not, so utilisation does not matter.
 */
export function gpuCharges(
  gpus: readonly GpuReading[],
  elapsedSeconds: number,
  timestampMs: number,
  owner: GpuOwner,
  clock: GpuClock,
): UsageEvent[] {
  return gpus
    .filter((gpu) => !isMigInstance(gpu))
    .map((gpu) => ({ gpu, seconds: clock.take(gpu.uuid, elapsedSeconds) }))
    .filter(({ seconds }) => seconds > 0)
    .map(({ gpu, seconds }) => gpuEvent(gpu, seconds, timestampMs, owner));
}

function gpuEvent(gpu: GpuReading, seconds: number, timestampMs: number, owner: GpuOwner): UsageEvent {
  const quantities = emptyPerMeter();
  quantities[METER.gpu_second] = seconds;
  return {
    id: `gpu:${gpu.uuid}:${timestampMs}`,
    timestampMs,
    dimensions: {
      provider: '',
      model: gpu.model,
      tenant_id: owner.tenant_id,
      team: owner.team,
      project_id: '',
      feature: '',
      environment: owner.environment,
      operation: 'gpu',
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
    tags: '',
  };
}
