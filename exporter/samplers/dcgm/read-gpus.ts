import type { GpuHolder, GpuReading } from '../../domain/reading.ts';
import { memoryFields } from '../nvidia-smi-csv.ts';
import type { TextSample } from '../prometheus-text.ts';
import { type DcgmDevice, deviceOf, holderOf } from './dcgm-labels.ts';
import { slicesOf } from './mig-slices.ts';

const FIELDS = {
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: 'engineActiveRatio',
  DCGM_FI_DEV_GPU_UTIL: 'utilizationPercent',
  DCGM_FI_DEV_FB_USED: 'usedMib',
  DCGM_FI_DEV_FB_FREE: 'freeMib',
  DCGM_FI_DEV_FB_RESERVED: 'reservedMib',
  DCGM_FI_DEV_POWER_USAGE: 'powerWatts',
  DCGM_FI_DEV_GPU_TEMP: 'temperatureCelsius',
} as const;
type Field = (typeof FIELDS)[keyof typeof FIELDS];

export const DCGM_NAMES: ReadonlySet<string> = new Set(Object.keys(FIELDS));

const BYTES_PER_MIB = 1024 ** 2;
/** DCGM's smallest "no value" (`DCGM_INT32_BLANK`); no reading comes near. */
const BLANK = 0x7ffffff0;

interface Device extends DcgmDevice {
  readonly values: Partial<Record<Field, number>>;
  readonly holders: Map<string, GpuHolder>;
}

type Recall = (device: string, holders: readonly GpuHolder[]) => readonly GpuHolder[];

/** GPUs of one answer, each followed by its MIG instances. A GPU that only its instances tell of is made from them. */
export function readGpus(samples: readonly TextSample[], recall: Recall): GpuReading[] {
  const ofGpu = Map.groupBy(devicesOf(samples), (device) => device.uuid);
  return [...ofGpu.values()].flatMap((devices) => {
    const instances = devices
      .filter((device) => device.instance !== undefined)
      .map((device) => instanceReading(device, recall));
    const whole = devices.find((device) => device.instance === undefined);
    const gpu = gpuReading(whole ?? devices[0]!, instances, recall, whole !== undefined);
    return [gpu, ...instances];
  });
}

function devicesOf(samples: readonly TextSample[]): Device[] {
  const devices = new Map<string, Device>();
  for (const { name, labels, value } of samples) {
    const found = deviceOf(labels);
    if (!found) continue;
    const key = `${found.uuid} ${found.instance?.id ?? ''}`;
    const device: Device = devices.get(key) ?? { ...found, values: {}, holders: new Map() };
    devices.set(key, device);
    // A GPU that pods share has a line for each of them, with the same value.
    if (value >= 0 && value < BLANK) device.values[FIELDS[name as keyof typeof FIELDS]] ??= value;
    const holder = holderOf(labels);
    if (holder) device.holders.set(`${holder.namespace}/${holder.pod}/${holder.container}`, holder);
  }
  return [...devices.values()];
}

function instanceReading(device: Device, recall: Recall): GpuReading {
  const { uuid, model, instance, hostname, values } = device;
  const { id = '', profile = '' } = instance ?? {};
  const slices = slicesOf(profile, model);
  return {
    gpu: `${device.index}:${id}`,
    uuid,
    model: `${model} MIG ${profile}`.trim(),
    // Not GPU_UTIL, which is 0 under MIG whatever runs.
    ...utilization(percentOf(values.engineActiveRatio)),
    ...memory(values),
    ...(hostname !== '' && { hostname }),
    holders: recall(`${uuid} ${id}`, [...device.holders.values()]),
    ...(slices && { slices }),
  };
}

function gpuReading(
  { index, uuid, model, hostname, values, holders }: Device,
  instances: readonly GpuReading[],
  recall: Recall,
  isWhole: boolean,
): GpuReading {
  const { powerWatts, temperatureCelsius } = values;
  const isSplit = instances.length > 0;
  return {
    gpu: index,
    uuid,
    model,
    ...utilization(isSplit ? splitActivity(isWhole ? values : {}, instances) : wholeActivity(values)),
    ...(isWhole && memory(values)),
    ...(powerWatts !== undefined && { powerWatts }),
    ...(temperatureCelsius !== undefined && { temperatureCelsius }),
    ...(hostname !== '' && { hostname }),
    holders: isSplit ? [] : recall(`${uuid} `, [...holders.values()]),
  };
}

/** The engine's activity, but DCGM is known to get stuck at 0 there: a GPU that is used then says so elsewhere. */
function wholeActivity({ engineActiveRatio, utilizationPercent }: Device['values']): number | undefined {
  const active = percentOf(engineActiveRatio);
  const used = percentOf(utilizationPercent === undefined ? undefined : utilizationPercent / 100);
  return active === undefined || active === 0 ? (used ?? active) : active;
}

/** Of a GPU in MIG mode: what it says itself, or the sum of its instances by their slices, if all say it. */
function splitActivity(values: Device['values'], instances: readonly GpuReading[]): number | undefined {
  const own = percentOf(values.engineActiveRatio);
  if (own !== undefined) return own;
  let percent = 0;
  for (const { slices, utilizationPercent } of instances) {
    if (slices === undefined || utilizationPercent === undefined) return undefined;
    percent += (utilizationPercent * slices.held) / slices.of;
  }
  return percent <= 100 ? percent : undefined;
}

function memory({ usedMib, freeMib, reservedMib = 0 }: Device['values']) {
  const usedBytes = usedMib === undefined ? undefined : usedMib * BYTES_PER_MIB;
  const totalBytes =
    usedMib === undefined || freeMib === undefined
      ? undefined
      : (usedMib + freeMib + reservedMib) * BYTES_PER_MIB;
  return memoryFields(usedBytes, totalBytes);
}

function percentOf(ratio: number | undefined): number | undefined {
  return ratio !== undefined && ratio <= 1 ? 100 * ratio : undefined;
}

function utilization(percent: number | undefined) {
  return percent === undefined ? {} : { utilizationPercent: percent };
}
