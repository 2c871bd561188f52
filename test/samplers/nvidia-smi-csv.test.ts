import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GPU_FIELDS, NvidiaSmiFormatError, parseGpuCsv } from '../../exporter/samplers/nvidia-smi-csv.ts';
import { parseMigDetails, parseMigList } from '../../exporter/samplers/nvidia-smi-mig.ts';

const HEADER =
  'index, uuid, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W]';
const line = (cells: string) => parseGpuCsv(`${HEADER}\n0, GPU-1, X, ${cells}\n`).gpus[0]?.reading;

describe('parseGpuCsv', () => {
  it.each([
    ['units of the cell', '7 %, 512 KiB, 1 GiB, 84240 mW', [7, 524_288, 1_073_741_824, 84.24]],
    ['units of the header', '7, 512, 1024, 84.24', [7, 536_870_912, 1_073_741_824, 84.24]],
    ['decimal commas', '7,5 %, 512,5 MiB, 1024 MiB, 84,24 W', [7.5, 537_395_200, 1_073_741_824, 84.24]],
    ['zero', '0 %, 0 MiB, 1024 MiB, 0.00 W', [0, 0, 1_073_741_824, 0]],
    [
      'an unknown unit',
      '7 permille, 1 pages, 1024 MiB, 1 hp',
      [undefined, undefined, 1_073_741_824, undefined],
    ],
    ['no value', '[N/A], N/A, [Not Supported], ERR!', [undefined, undefined, undefined, undefined]],
    ['nothing', ', , , ', [undefined, undefined, undefined, undefined]],
    ['out of range', '101 %, -1 MiB, 0 MiB, -5 W', [undefined, undefined, undefined, undefined]],
    [
      'words of JavaScript',
      'NaN %, Infinity MiB, 0x10 MiB, 1e3 W',
      [undefined, undefined, undefined, undefined],
    ],
  ])('reads %s', (_, cells, [utilizationPercent, memoryUsedBytes, memoryTotalBytes, powerWatts]) => {
    const reading = line(cells);
    expect(reading?.utilizationPercent).toBe(utilizationPercent);
    expect(reading?.memoryUsedBytes).toBe(memoryUsedBytes);
    expect(reading?.memoryTotalBytes).toBe(memoryTotalBytes);
    expect(reading?.powerWatts).toBe(powerWatts);
  });

  it('leaves out what it does not know, instead of setting it to undefined', () => {
    expect(Object.keys(line('[N/A], [N/A], [N/A], [N/A]')!)).toEqual(['gpu', 'uuid', 'model']);
  });

  it('finds columns by name, in any order, among any others, with CRLF', () => {
    const text = 'pstate, power.draw [W], uuid, index\r\nP0, 10.00 W, GPU-1, 3\r\n';
    expect(parseGpuCsv(text).gpus[0]?.reading).toEqual({
      gpu: '3',
      uuid: 'GPU-1',
      model: '',
      powerWatts: 10,
    });
  });

  it.each([
    ['nothing', '', 'no column "index", got header ""'],
    ['no UUID', 'index, name\n0, X', 'no column "uuid", got header "index, name" before line "0, X"'],
    [
      'a short line',
      'index, uuid, name\n0, GPU-1',
      '2 cells, expected 3: header "index, uuid, name", line "0, GPU-1"',
    ],
    ['a table', '+-----+\n| 0 H100 |', 'got header "+-----+"'],
  ])('quotes header and line of %s', (_, text, message) => {
    expect(() => parseGpuCsv(text)).toThrow(NvidiaSmiFormatError);
    expect(() => parseGpuCsv(text)).toThrow(message);
  });
});

const cell = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.tuple(fc.double(), fc.constantFrom('%', 'MiB', 'W', 'mW', '')).map(([n, unit]) => `${n} ${unit}`),
  fc.constantFrom('[N/A]', 'ERR!', '[Not Supported]', 'Enabled', '9'.repeat(400), '1,5 W', 'NaN'),
);
const gpuTable = fc
  .uniqueArray(fc.constantFrom(...GPU_FIELDS, 'uuid', 'index'), { minLength: 1 })
  .chain((fields) =>
    fc.array(fc.tuple(...fields.map(() => cell)), { maxLength: 4 }).map((rows) => {
      const header = fields.map((field) => (field.startsWith('memory.') ? `${field} [MiB]` : field));
      return [header, ...rows].map((row) => row.join(', ')).join('\n');
    }),
  );

describe('arbitrary text', () => {
  it('gives finite numbers or the error of the parser', () => {
    let parsed = 0;
    fc.assert(
      fc.property(fc.oneof(gpuTable, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const values = valuesOf(text);
        parsed += values.length;
        return values.every((value) => typeof value === 'string' || Number.isFinite(value));
      }),
      { numRuns: 400 },
    );
    expect(parsed).toBeGreaterThan(50);
  });

  it('is no MIG device', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        return parseMigList(text).length === 0 && parseMigDetails(text).length === 0;
      }),
    );
  });
});

/** What the readings of the text hold; nothing where the parser says that it is none. */
function valuesOf(text: string): unknown[] {
  try {
    return parseGpuCsv(text).gpus.flatMap((gpu) => Object.values(gpu.reading));
  } catch (error) {
    if (error instanceof NvidiaSmiFormatError) return [];
    throw error;
  }
}
