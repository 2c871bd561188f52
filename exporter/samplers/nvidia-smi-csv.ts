import { CodedError } from '../domain/errors.ts';
import type { GpuReading } from '../domain/reading.ts';
import { BYTES, CELSIUS, PERCENT, parseQuantity, parseText, type Units, WATTS } from './nvidia-smi-value.ts';

/** Output of nvidia-smi in a layout that we do not know. The message quotes it. */
export class NvidiaSmiFormatError extends CodedError {
  constructor(message: string) {
    super('nvidia_smi_format', message);
    this.name = 'NvidiaSmiFormatError';
  }
}

export interface ParsedGpus {
  readonly gpus: readonly { readonly reading: GpuReading; readonly migEnabled: boolean }[];
  /** Lines of GPUs that do not say which one they are. */
  readonly unidentified: readonly string[];
}

/**
 * `utilization.memory` is not among them on purpose: it is the share of time in which memory was read or written.
 * Memory in use is `memory.used` of `memory.total`.
 */
export const GPU_FIELDS = [
  'index',
  'uuid',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
  'mig.mode.current',
] as const;
type GpuField = (typeof GPU_FIELDS)[number];

/** Without these a line says nothing about a GPU. */
export const REQUIRED_GPU_FIELDS: readonly string[] = ['index', 'uuid'] satisfies GpuField[];

/**
 * Parses `nvidia-smi --query-gpu=… --format=csv`, whatever the order and number of its columns. Columns that are not
 * there and values that are not numbers are absent; so is the utilisation of a GPU in MIG mode.
 * nvidia-smi neither quotes nor escapes: a `, ` inside a value shows as a wrong number of cells.
 * @throws NvidiaSmiFormatError
 */
export function parseGpuCsv(text: string): ParsedGpus {
  // A driver that finds its inforom damaged says so among the lines.
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('WARNING:'));
  const header = lines[0] ?? '';
  const columns = header.split(', ').map(parseHeader);
  for (const field of REQUIRED_GPU_FIELDS) {
    if (!columns.some((column) => column.field === field)) {
      throw new NvidiaSmiFormatError(
        `nvidia-smi: no column "${field}", got header ${quote(header)} before line ${quote(lines[1] ?? '')}`,
      );
    }
  }
  const gpus: { reading: GpuReading; migEnabled: boolean }[] = [];
  const unidentified: string[] = [];
  for (const line of lines.slice(1)) {
    const cells = line.split(', ');
    if (cells.length !== columns.length) {
      throw new NvidiaSmiFormatError(
        `nvidia-smi: ${cells.length} cells, expected ${columns.length}: header ${quote(header)}, line ${quote(line)}`,
      );
    }
    const gpu = parseGpu(columns, cells);
    if (gpu) gpus.push(gpu);
    else unidentified.push(line);
  }
  return { gpus, unidentified };
}

interface Column {
  readonly field: string;
  readonly unit: string;
}

function parseHeader(header: string): Column {
  const [field = '', unit = ''] = header.trim().split(' [');
  return { field, unit: unit.replace(/\]$/, '') };
}

function parseGpu(columns: readonly Column[], cells: readonly string[]) {
  const at = (field: GpuField) => columns.findIndex((column) => column.field === field);
  const text = (field: GpuField) => parseText(cells[at(field)] ?? '');
  const quantity = (field: GpuField, units: Units) =>
    parseQuantity(cells[at(field)] ?? '', units, columns[at(field)]?.unit);

  const gpu = text('index');
  const uuid = text('uuid');
  if (!gpu || !uuid) return undefined;
  const migEnabled = text('mig.mode.current') === 'Enabled';
  const utilization = migEnabled ? undefined : percent(quantity('utilization.gpu', PERCENT));
  const power = quantity('power.draw', WATTS);
  const temperature = quantity('temperature.gpu', CELSIUS);
  const reading: GpuReading = {
    gpu,
    uuid,
    model: text('name') ?? '',
    ...(utilization !== undefined && { utilizationPercent: utilization }),
    ...memoryFields(quantity('memory.used', BYTES), quantity('memory.total', BYTES)),
    ...(power !== undefined && power >= 0 && { powerWatts: power }),
    ...(temperature !== undefined && { temperatureCelsius: temperature }),
  };
  return { reading, migEnabled };
}

/** The memory fields of a reading from what is known in bytes. */
export function memoryFields(usedBytes: number | undefined, totalBytes: number | undefined) {
  const used = usedBytes !== undefined && usedBytes >= 0 ? usedBytes : undefined;
  const total = totalBytes !== undefined && totalBytes > 0 ? totalBytes : undefined;
  const ratio = used !== undefined && total !== undefined ? percent((100 * used) / total) : undefined;
  return {
    ...(ratio !== undefined && { memoryUtilizationPercent: ratio }),
    ...(used !== undefined && { memoryUsedBytes: used }),
    ...(total !== undefined && { memoryTotalBytes: total }),
  };
}

/** Out of range is a driver's nonsense, and absent. */
function percent(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= 100 ? value : undefined;
}

function quote(line: string): string {
  return JSON.stringify(line.length > 300 ? `${line.slice(0, 300)}…` : line);
}
