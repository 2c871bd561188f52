import type { GpuReading } from '../domain/reading.ts';
import { memoryFields } from './nvidia-smi-csv.ts';
import { BYTES, parseQuantity } from './nvidia-smi-value.ts';

/** One MIG device of `nvidia-smi -L`; `index` counts the MIG devices of one GPU. */
export interface ListedMigDevice {
  readonly gpuUuid: string;
  readonly index: number;
  readonly profile: string;
  readonly uuid: string;
}

/** One MIG device of `nvidia-smi -q`. */
export interface DetailedMigDevice {
  readonly gpuUuid: string;
  readonly index: number;
  readonly gpuInstanceId: number;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

/** Only `-L` prints the profile and the UUID of a MIG device. */
export function parseMigList(text: string): ListedMigDevice[] {
  const devices: ListedMigDevice[] = [];
  let gpuUuid = '';
  for (const line of text.split(/\r?\n/)) {
    gpuUuid = /^GPU \d+: .*\(UUID: (GPU-[^)]+)\)/.exec(line)?.[1] ?? gpuUuid;
    const mig = /^ +MIG (\S+) +Device +(\d+): \(UUID: (MIG-[^)]+)\)/.exec(line);
    if (mig) {
      const [, profile = '', index, uuid = ''] = mig;
      devices.push({ gpuUuid, index: Number(index), profile, uuid });
    }
  }
  return devices;
}

/** Only `-q` prints the GPU instance id and the memory of a MIG device; the UUID of its GPU comes after it. */
export function parseMigDetails(text: string): DetailedMigDevice[] {
  const devices: DetailedMigDevice[] = [];
  let ofGpu: Map<string, string>[] = [];
  let device: Map<string, string> | undefined;
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const depth = line.length - line.trimStart().length;
    const { key, value } = splitEntry(line);
    if (depth === 0 && key.startsWith('GPU ')) ofGpu = [];
    if (depth === 4) {
      device = key === 'MIG Device' ? new Map() : undefined;
      if (device) ofGpu.push(device);
      if (key === 'GPU UUID') devices.push(...ofGpu.splice(0).flatMap((fields) => detailed(value, fields)));
    }
    if (depth === 8) section = key;
    if (depth === 8) device?.set(key, value);
    // With "Shared" before it or without, by driver.
    if (depth === 12 && section.endsWith('FB Memory Usage')) device?.set(`FB ${key}`, value);
  }
  return devices;
}

function splitEntry(line: string): { key: string; value: string } {
  const colon = line.indexOf(' : ');
  return colon < 0
    ? { key: line.trim(), value: '' }
    : { key: line.slice(0, colon).trim(), value: line.slice(colon + 3).trim() };
}

function detailed(gpuUuid: string, fields: ReadonlyMap<string, string>): DetailedMigDevice[] {
  const index = fields.get('Index') ?? '';
  const gpuInstanceId = fields.get('GPU Instance ID') ?? '';
  if (!/^\d+$/.test(index) || !/^\d+$/.test(gpuInstanceId)) return [];
  return [
    {
      gpuUuid,
      index: Number(index),
      gpuInstanceId: Number(gpuInstanceId),
      usedBytes: parseQuantity(fields.get('FB Used') ?? '', BYTES),
      totalBytes: parseQuantity(fields.get('FB Total') ?? '', BYTES),
    },
  ];
}

/**
 * The MIG instances of `parent`, one for each GPU instance: compute instances share the memory of theirs, so counting
 * them apart would count it twice. The UUID is that of the first compute instance; the model is named as CUDA does.
 * An instance that only one of the two lists knows was made or removed in between, and is left out.
 * Utilisation, power and temperature do not exist per instance in nvidia-smi (activity needs DCGM) and are absent.
 */
export function migReadings(
  parent: GpuReading,
  listed: readonly ListedMigDevice[],
  details: readonly DetailedMigDevice[],
): GpuReading[] {
  const byInstance = new Map<number, GpuReading>();
  for (const device of listed.filter((one) => one.gpuUuid === parent.uuid)) {
    const detail = details.find((one) => one.gpuUuid === parent.uuid && one.index === device.index);
    if (!detail || byInstance.has(detail.gpuInstanceId)) continue;
    byInstance.set(detail.gpuInstanceId, {
      gpu: `${parent.gpu}:${detail.gpuInstanceId}`,
      uuid: device.uuid,
      model: `${parent.model} MIG ${device.profile.replace(/^\d+c\./, '')}`.trim(),
      ...memoryFields(detail.usedBytes, detail.totalBytes),
    });
  }
  return [...byInstance.values()];
}
