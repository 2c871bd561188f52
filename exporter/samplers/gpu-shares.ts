import { type GpuHolder, type GpuReading, isMigInstance } from '../domain/reading.ts';

/** A part of a GPU's time; without a holder it is the part that nobody has. */
export interface GpuShare {
  readonly holder: GpuHolder | undefined;
  /** 0–1. The shares of a GPU sum to 1. */
  readonly ratio: number;
}

/**
 * How the time of each physical GPU is split, by its UUID. A MIG instance has its compute slices of it, and holders of
 * the same device have equal parts. A container that has several parts has one share.
 */
export function gpuShares(gpus: readonly GpuReading[]): ReadonlyMap<string, readonly GpuShare[]> {
  const instances = Map.groupBy(gpus.filter(isMigInstance), ({ uuid }) => uuid);
  return new Map(
    gpus
      .filter((gpu) => !isMigInstance(gpu))
      .map((gpu) => [gpu.uuid, sharesOf(gpu, instances.get(gpu.uuid) ?? [])]),
  );
}

/** Stable name of a holder; nobody's is empty. */
export function holderKey(holder: GpuHolder | undefined): string {
  return holder ? `${holder.namespace}/${holder.pod}/${holder.container}` : '';
}

function sharesOf(gpu: GpuReading, instances: readonly GpuReading[]): GpuShare[] {
  const total = instances.reduce((sum, { slices }) => sum + (slices?.held ?? 0), 0);
  const slices = Math.max(total, ...instances.map((instance) => instance.slices?.of ?? 0));
  const parts =
    instances.length === 0
      ? equalParts(gpu.holders ?? [], 1)
      : instances.flatMap((one) => equalParts(one.holders ?? [], (one.slices?.held ?? 0) / slices));
  const shares = new Map<string, { holder: GpuHolder; ratio: number }>();
  for (const { holder, ratio } of parts) {
    const share = shares.get(holderKey(holder));
    if (share) share.ratio += ratio;
    else if (ratio > 0) shares.set(holderKey(holder), { holder, ratio });
  }
  const held = [...shares.values()];
  const rest = 1 - held.reduce((sum, { ratio }) => sum + ratio, 0);
  // A rest of rounding is nobody's time.
  return rest > 1e-9 ? [...held, { holder: undefined, ratio: rest }] : held;
}

function equalParts(holders: readonly GpuHolder[], ratio: number): { holder: GpuHolder; ratio: number }[] {
  return holders.map((holder) => ({ holder, ratio: ratio / holders.length }));
}
