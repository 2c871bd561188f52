import { type GpuReading, isMigInstance } from '../domain/reading.ts';

interface Merged {
  gpu: GpuReading | undefined;
  instances: readonly GpuReading[];
}

/**
 * Each GPU once, however many samplers see it: the first one's values, and those of the next for what it lacks. MIG
 * instances are the first one's that lists any, as samplers call them by different UUIDs.
 */
export function mergedGpus(readings: readonly (readonly GpuReading[])[]): GpuReading[] {
  const merged = new Map<string, Merged>();
  for (const gpus of readings) {
    const wholes = gpus.filter((gpu) => !isMigInstance(gpu));
    const byUuid = new Set(wholes.map(({ uuid }) => uuid));
    const byIndex = new Map(wholes.map(({ gpu, uuid }) => [gpu, uuid]));
    const wholeOf = (gpu: GpuReading) =>
      byUuid.has(gpu.uuid) ? gpu.uuid : (byIndex.get(gpu.gpu.split(':')[0] ?? '') ?? gpu.uuid);
    for (const [uuid, group] of Map.groupBy(gpus, wholeOf)) {
      const found: Merged = merged.get(uuid) ?? { gpu: undefined, instances: [] };
      merged.set(uuid, found);
      const whole = group.find((gpu) => !isMigInstance(gpu));
      if (whole) found.gpu = { ...whole, ...found.gpu };
      if (found.instances.length === 0) found.instances = group.filter(isMigInstance);
    }
  }
  return [...merged.values()].flatMap(({ gpu, instances }) => (gpu ? [gpu, ...instances] : instances));
}
