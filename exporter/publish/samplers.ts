import { type GpuReading, type HostReading, isMigInstance, type SamplerState } from '../domain/reading.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';
import { engineBlocks } from './engines.ts';
import { mergedGpus } from './merged-gpus.ts';

/**
 * Readings and health of the samplers by name. Only a sampler that is up has readings; one that is starting, or has
 * nothing to sample here, has no health either: it neither succeeded nor failed.
 */
export function samplerBlocks(
  states: ReadonlyMap<string, SamplerState>,
  gpuHourlyUsd: (gpuModel: string) => number | undefined,
): SampleBlock[] {
  const readings = [...states.values()].flatMap((state) => (state.state === 'up' ? [state.reading] : []));
  const hosts = readings.flatMap((reading) => (reading.kind === 'host' ? [reading.host] : []));
  const gpus = mergedGpus(readings.flatMap((reading) => (reading.kind === 'gpu' ? [reading.gpus] : [])));
  const engines = readings.flatMap((reading) => (reading.kind === 'engine' ? [reading.engine] : []));
  return [
    ...hostBlocks(hosts),
    ...gpuBlocks(gpus, gpuHourlyUsd),
    ...engineBlocks(engines),
    ...healthBlocks(states),
  ];
}

function hostBlocks(hosts: readonly HostReading[]): SampleBlock[] {
  return [
    fixedBlock(
      'cpu_utilization_percent',
      hosts.map((host) => [[], host.cpuUtilizationPercent]),
    ),
    fixedBlock(
      'memory_utilization_percent',
      hosts.map((host) => [[], host.memoryUtilizationPercent]),
    ),
  ];
}

function gpuBlocks(
  gpus: readonly GpuReading[],
  gpuHourlyUsd: (gpuModel: string) => number | undefined,
): SampleBlock[] {
  const block = (name: string, valueFrom: (gpu: GpuReading) => number | undefined) =>
    fixedBlock(name, present(gpus.map((gpu) => [[gpu.gpu, gpu.uuid, gpu.model], valueFrom(gpu)])));
  const ofModel = Map.groupBy(gpus, (gpu) => gpu.model);
  const wholeModels = [...new Set(gpus.filter((gpu) => !isMigInstance(gpu)).map((gpu) => gpu.model))];
  return [
    block('gpu_utilization_percent', (gpu) => gpu.utilizationPercent),
    block('gpu_memory_utilization_percent', (gpu) => gpu.memoryUtilizationPercent),
    block('gpu_memory_used_bytes', (gpu) => gpu.memoryUsedBytes),
    block('gpu_memory_total_bytes', (gpu) => gpu.memoryTotalBytes),
    block('gpu_power_watts', (gpu) => gpu.powerWatts),
    block('gpu_temperature_celsius', (gpu) => gpu.temperatureCelsius),
    fixedBlock(
      'gpu_instance_count',
      [...ofModel].map(([model, same]) => [[model], same.length]),
    ),
    fixedBlock('gpu_hourly_cost_usd', present(wholeModels.map((model) => [[model], gpuHourlyUsd(model)]))),
    fixedBlock('gpu_owner_info', gpus.flatMap(ownerRows)),
  ];
}

function ownerRows({ gpu, uuid, hostname = '', holders = [] }: GpuReading) {
  return holders.map(
    ({ namespace, pod, container }) => [[gpu, uuid, hostname, namespace, pod, container], 1] as const,
  );
}

function healthBlocks(states: ReadonlyMap<string, SamplerState>): SampleBlock[] {
  const block = (name: string, valueFrom: (state: SamplerState) => number | undefined) =>
    fixedBlock(name, present([...states].map(([sampler, state]) => [[sampler], valueFrom(state)])));
  return [
    block('llm_cost_exporter_sampler_up', ({ state }) =>
      state === 'up' ? 1 : state === 'down' ? 0 : undefined,
    ),
    block('llm_cost_exporter_sampler_last_success_timestamp_seconds', (state) => {
      const successMs =
        state.state === 'up' ? state.atMs : state.state === 'down' ? state.lastSuccessMs : undefined;
      return successMs === undefined ? undefined : successMs / 1000;
    }),
    block('llm_cost_exporter_sampler_duration_seconds', (state) =>
      'durationMs' in state ? state.durationMs / 1000 : undefined,
    ),
  ];
}

function present(
  rows: readonly (readonly [readonly string[], number | undefined])[],
): (readonly [readonly string[], number])[] {
  return rows.flatMap(([labels, value]) => (value === undefined ? [] : [[labels, value] as const]));
}
